// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/walker.h"

#include <algorithm>

#include "plugins/torch/alias.h"
#include "plugins/torch/call.h"

#include "plugins/torch/lowerings.h"
#include "plugins/torch/refusal.h"

namespace rheo::torch_import {
namespace {

using torch::jit::Node;
namespace prim = torch::jit::prim;
namespace aten = torch::jit::aten;

bool mentions_batch(const c10::IValue& value) {
  if (value.isInt()) return value.toInt() == kBatchSize;
  if (!value.isIntList()) return false;
  const auto list = value.toIntVector();
  return std::find(list.begin(), list.end(), kBatchSize) != list.end();
}

// Ops that hand integers through without calculating.
bool hands_through(const Node& node) {
  static constexpr const char* kNames[] = {"prim::NumToTensor", "aten::Int", "aten::ScalarImplicit",
                                           "aten::IntImplicit"};
  const std::string name = node.kind().toQualString();
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

c10::IValue list_of(const std::vector<c10::IValue>& items, const c10::TypePtr& type) {
  c10::impl::GenericList list(type);
  for (const c10::IValue& item : items) list.push_back(item);
  return c10::IValue(list);
}

}  // namespace

const Known& Walker::known(const torch::jit::Value* value) const {
  static const Known kNothing;
  const auto found = known_.find(value);
  return found == known_.end() ? kNothing : found->second;
}

void Walker::miss(const Node& node, const std::string& what) {
  const std::string place = place_of(node);
  missing_.push_back(place.empty() ? what : what + " at " + place);
}

void Walker::walk(const std::shared_ptr<torch::jit::Graph>& graph) {
  graph_ = graph;
  walk_block(*graph->block());
  if (missing_.empty()) return;
  std::string text = "The model uses what Rheo lacks:";
  for (const std::string& missing : missing_) text += "\n  " + missing;
  throw Failure(RHEO_PLUGIN_UNSUPPORTED, text);
}

void Walker::walk_block(torch::jit::Block& block) {
  for (Node* node : block.nodes()) {
    try {
      visit(*node);
    } catch (const Refusal& refusal) {
      miss(*node, refusal.what());
    }
  }
}

void Walker::visit(Node& node) {
  if (node.kind() == prim::Constant) {
    const auto value = torch::jit::toIValue(node.output());
    if (value) bind(node.output(), *value);
    return;
  }
  if (node.kind() == prim::If) return visit_if(node);
  if (try_sizes(node) || try_constant(node)) return;
  lower(node);
}

// Only a condition that is known now can be followed; both ways at once would be a branch at run time.
void Walker::visit_if(Node& node) {
  const Known& condition = known(node.input());
  const auto* value = std::get_if<c10::IValue>(&condition);
  if (value == nullptr || !value->isBool()) throw Refusal("a branch that depends on the input (prim::If)");
  torch::jit::Block& taken = *node.blocks()[value->toBool() ? 0 : 1];
  walk_block(taken);
  for (std::size_t i = 0; i < node.outputs().size(); ++i) bind(node.outputs()[i], known(taken.outputs()[i]));
}

// Nodes all of whose inputs are constants: lists are put together here, the rest is LibTorch's own work.
bool Walker::try_constant(Node& node) {
  std::vector<c10::IValue> inputs;
  bool has_batch = false;
  for (const torch::jit::Value* input : node.inputs()) {
    const auto* value = std::get_if<c10::IValue>(&known(input));
    if (value == nullptr) return false;
    has_batch = has_batch || mentions_batch(*value);
    inputs.push_back(*value);
  }
  if (node.kind() == prim::ListConstruct) {
    const auto type = node.output()->type()->expect<c10::ListType>();
    bind(node.output(), list_of(inputs, type->getElementType()));
    return true;
  }
  if (has_batch && hands_through(node)) {
    bind(node.output(), inputs[0]);
    return true;
  }
  if (has_batch || inputs.empty() || node.maybeOperator() == nullptr || node.hasSideEffects() ||
      node.isNondeterministic()) {
    return false;
  }
  torch::jit::Stack stack(inputs.begin(), inputs.end());
  node.getOperation()(stack);
  for (std::size_t i = 0; i < node.outputs().size(); ++i) bind(node.outputs()[i], stack[i]);
  for (const torch::jit::Value* input : node.inputs()) {
    if (!name_of(input).empty()) names_.emplace(node.outputs()[0], name_of(input));
  }
  return true;
}

// size(x), size(x, axis) and dim(x), and what is taken out of such lists.
bool Walker::try_sizes(Node& node) {
  const std::string name = node.kind().toQualString();
  if (name == "aten::__getitem__" || node.kind() == prim::ListUnpack) return try_list_element(node);
  if (name != "aten::size" && name != "aten::dim") return false;
  Call call(*this, node);
  if (!call.is_value(0)) return false;
  const RheoType type = call.type(0);
  if (name == "aten::dim") {
    bind(node.output(), c10::IValue(static_cast<std::int64_t>(type.rank)));
    return true;
  }
  std::vector<std::int64_t> sizes(type.dims, type.dims + type.rank);
  std::replace(sizes.begin(), sizes.end(), std::int64_t{-1}, kBatchSize);
  bind(node.output(), node.inputs().size() == 1 ? c10::IValue(sizes) : c10::IValue(sizes[call.axis(1, type.rank)]));
  return true;
}

bool Walker::try_list_element(Node& node) {
  const auto* list = std::get_if<c10::IValue>(&known(node.input(0)));
  if (list == nullptr || !list->isIntList()) return false;
  const std::vector<std::int64_t> items = list->toIntVector();
  if (node.kind() == prim::ListUnpack) {
    if (items.size() != node.outputs().size()) throw Refusal("a shape that is unpacked into another number of sizes");
    for (std::size_t i = 0; i < items.size(); ++i) bind(node.outputs()[i], c10::IValue(items[i]));
    return true;
  }
  const auto* index = std::get_if<c10::IValue>(&known(node.input(1)));
  if (index == nullptr || !index->isInt()) return false;
  const std::int64_t at = index->toInt() + (index->toInt() < 0 ? static_cast<std::int64_t>(items.size()) : 0);
  if (at < 0 || at >= static_cast<std::int64_t>(items.size())) throw Refusal("an index outside of a shape");
  bind(node.output(), c10::IValue(items[static_cast<std::size_t>(at)]));
  return true;
}

void Walker::lower(Node& node) {
  std::string name = node.kind().toQualString();
  // A list or tuple of values is looked through by whoever takes it.
  if (node.kind() == prim::ListConstruct || node.kind() == prim::TupleConstruct) return;
  if (name.ends_with("_") && !name.ends_with("__")) {
    if (!is_last_use(graph_, node)) throw Refusal(name + " overwrites a tensor that is used again later");
    name.pop_back();
  }
  const Lowering* lowering = find_lowering(name);
  if (lowering == nullptr) throw Refusal(name);
  Call call(*this, node);
  if (call.has_unknown()) return;  // the cause is listed already
  if (call.arguments() < lowering->min_arguments) throw Refusal(name + " in an unknown form");
  lowering->lower(call);
}

}  // namespace rheo::torch_import
