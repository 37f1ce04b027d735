// SPDX-License-Identifier: Apache-2.0
// What a node of the TorchScript graph is given, as the table of the host takes it. Owns what the table points to.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "plugins/plugin_abi.h"
#include "plugins/torch/walker.h"

namespace rheo::torch_import {

class Arguments {
 public:
  explicit Arguments(Walker& walker) : walker_(walker) {}
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  // All inputs of `node`, by the names of its schema. False when one comes from an operator that Rheo lacks, and that
  // is listed; throws Refusal for one that is no argument of a table, or of which nothing is known.
  bool take(torch::jit::Node& node);
  const std::vector<RheoArgument>& all() const { return all_; }

 private:
  bool add(const torch::jit::Value& value, const char* name, std::vector<RheoArgument>& to);
  RheoArgument constant(const torch::jit::Value* value, const c10::IValue& content, const char* name);
  RheoArgument list(std::vector<RheoArgument> items, const char* name);
  const char* kept(std::string text);

  Walker& walker_;
  std::vector<RheoArgument> all_;
  std::deque<std::string> texts_;  // deques: growing moves nothing
  std::deque<std::vector<RheoArgument>> lists_;
};

}  // namespace rheo::torch_import
