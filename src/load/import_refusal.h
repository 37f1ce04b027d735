// SPDX-License-Identifier: Apache-2.0
// How an importer says what it cannot take: every operator that Rheo lacks in one sentence, and whose fault a misfit
// is.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <rheo/status.h>

#include "load/import_emitter.h"

namespace rheo {

// Collected while importing goes on behind them, so that a model's author sees all of them at once. One per import.
class MissingOperators {
 public:
  void add(std::string op, const ImportPlace& place) { found_.emplace_back(std::move(op), place.text()); }
  bool empty() const { return found_.empty(); }
  // unsupported, with the places of each; ok when none is missing.
  Status status() const;

 private:
  std::vector<std::pair<std::string, std::string>> found_;  // operator, and where
};

// What an op refuses is the model's fault, not the caller's. Names the place where the sentence does not yet.
Status blame_model(const Status& status, const ImportPlace& place);

}  // namespace rheo
