// SPDX-License-Identifier: Apache-2.0
// What an importer knows of the values of one graph, by name; a graph inside another one sees the names around it.
// Lives while one import runs, on one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "load/import_value.h"

namespace rheo {

class Scope {
 public:
  explicit Scope(Scope* outer = nullptr) : outer_(outer) {}

  // Null when there is none; stays valid while the scope lives.
  ImportValue* find(std::string_view name) {
    for (Scope* scope = this; scope != nullptr; scope = scope->outer_) {
      const auto found = scope->values_.find(name);
      if (found != scope->values_.end()) return &found->second;
    }
    return nullptr;
  }
  void set(const std::string& name, ImportValue value) { values_[name] = std::move(value); }

 private:
  Scope* outer_;
  std::map<std::string, ImportValue, std::less<>> values_;  // a tree: names chosen to collide must not make it slow
};

}  // namespace rheo
