// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/alias.h"

#include <algorithm>

namespace rheo::torch_import {
namespace {

using torch::jit::Node;
using torch::jit::Value;

bool is_read_after(const Value& value, const Node& node) {
  return std::any_of(value.uses().begin(), value.uses().end(), [&](const torch::jit::Use& use) {
    return use.user != &node && (use.user->owningBlock() != node.owningBlock() || node.isBefore(use.user));
  });
}

}  // namespace

bool is_last_use(const std::shared_ptr<torch::jit::Graph>& graph, Node& node) {
  torch::jit::AliasDb aliases(graph);
  const Value* overwritten = node.input(0);
  std::vector<const Value*> others(graph->inputs().begin(), graph->inputs().end());
  for (const Node* other : graph->nodes()) {
    if (other != &node && other->isBefore(&node)) {
      others.insert(others.end(), other->outputs().begin(), other->outputs().end());
    }
  }
  return std::none_of(others.begin(), others.end(), [&](const Value* other) {
    return aliases.mayAlias(overwritten, other) && is_read_after(*other, node);
  });
}

}  // namespace rheo::torch_import
