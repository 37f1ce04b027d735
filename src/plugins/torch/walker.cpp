// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/walker.h"

#include <algorithm>

#include "plugins/torch/alias.h"
#include "plugins/torch/arguments.h"
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
                                           "aten::IntImplicit", "prim::unchecked_cast"};
  const std::string name = node.kind().toQualString();
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// A list or tuple that is put together here; whoever takes it looks through it.
bool is_pack(const Node& node) { return node.kind() == prim::ListConstruct || node.kind() == prim::TupleConstruct; }

// Whether a value comes from a tensor that was asked for its elements: that is known at run time only.
bool is_tensor_of_inputs(const torch::jit::Value& value) {
  const std::string name = value.node()->kind().toQualString();
  return name == "aten::Bool" || value.type()->kind() == c10::TypeKind::TensorType;
}

at::ScalarType scalar_type_of(std::uint32_t dtype) {
  switch (dtype) {
    case RHEO_I8: return at::kChar;
    case RHEO_U8: return at::kByte;
    case RHEO_I32: return at::kInt;
    case RHEO_I64: return at::kLong;
    case RHEO_BOOL: return at::kBool;
    default: return at::kFloat;
  }
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

const torch::jit::Value* Walker::source(const torch::jit::Value* value) const {
  for (auto found = sources_.find(value); found != sources_.end(); found = sources_.find(value)) value = found->second;
  return value;
}

void Walker::follow(const torch::jit::Value* value, const torch::jit::Value* from) {
  sources_.emplace(value, from);
  bind(value, known(from));
}

// What a list was unpacked into is missing with the list.
bool Walker::is_listed(const torch::jit::Value* value) const {
  const torch::jit::Value* from = source(value);
  if (listed_.count(value) > 0 || listed_.count(from) > 0) return true;
  return from->node()->kind() == prim::ListUnpack && listed_.count(from->node()->input(0)) > 0;
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
      give_up(node->outputs());
    }
  }
}

void Walker::visit(Node& node) {
  if (node.kind() == prim::Constant) {
    const auto value = torch::jit::toIValue(node.output());
    if (value) bind(node.output(), *value);
    return;
  }
  if (node.kind() == prim::Uninitialized) return;  // stands in branches that are not taken
  if (node.kind() == prim::If) return visit_if(node);
  if (try_sizes(node) || try_constant(node)) return;
  lower(node);
}

// Only a condition that is known now can be followed; both ways at once would be a branch at run time.
void Walker::visit_if(Node& node) {
  const Known& condition = known(node.input());
  const auto* value = std::get_if<c10::IValue>(&condition);
  const auto* computed = std::get_if<ValueId>(&condition);
  std::int64_t number = 0;
  const bool asks_tensor = is_tensor_of_inputs(*node.input());
  if (computed == nullptr && value == nullptr && !asks_tensor && is_listed(node.input())) {
    return give_up(node.outputs());
  }
  if (value != nullptr && value->isBool()) {
    number = value->toBool() ? 1 : 0;
  } else if (computed == nullptr || asks_tensor) {
    throw Refusal("a branch that depends on the input (prim::If)");
  } else if (host_.known_number(host_.host, *computed, &number) != 0) {
    throw HostRefused();
  }
  torch::jit::Block& taken = *node.blocks()[number != 0 ? 0 : 1];
  walk_block(taken);
  for (std::size_t i = 0; i < node.outputs().size(); ++i) follow(node.outputs()[i], taken.outputs()[i]);
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

// What is known of a value without asking for its elements: its sizes and its type; and what is taken out of lists.
bool Walker::try_sizes(Node& node) {
  const std::string name = node.kind().toQualString();
  const bool takes_apart = node.kind() == prim::ListUnpack || node.kind() == prim::TupleUnpack;
  if (takes_apart || name == "aten::__getitem__" || node.kind() == prim::TupleIndex) return try_list_element(node);
  if (node.kind() == prim::unchecked_cast && is_pack(*source(node.input(0))->node())) {
    follow(node.output(), node.input(0));
    return true;
  }
  if (hands_through(node) && std::holds_alternative<ValueId>(known(node.input(0)))) {
    bind(node.output(), known(node.input(0)));
    return true;
  }
  if (name == "aten::__is__" || name == "aten::__isnot__") return try_identity(node, name == "aten::__is__");
  if (name == "aten::len") {
    const auto* list = std::get_if<c10::IValue>(&known(node.input(0)));
    if (list == nullptr || !list->isList()) return false;
    bind(node.output(), c10::IValue(static_cast<std::int64_t>(list->toListRef().size())));
    return true;
  }
  const bool asks = name == "aten::size" || name == "aten::dim" || name == "prim::dtype" || name == "prim::device";
  const auto* value = asks ? std::get_if<ValueId>(&known(node.input(0))) : nullptr;
  if (value == nullptr) return false;
  RheoType type{};
  if (host_.type_of(host_.host, *value, &type) != 0) throw HostRefused();
  if (name == "prim::device") {
    bind(node.output(), c10::IValue(c10::Device(c10::kCPU)));
  } else if (name == "prim::dtype") {
    bind(node.output(), c10::IValue(static_cast<std::int64_t>(scalar_type_of(type.dtype))));
  } else if (name == "aten::dim") {
    bind(node.output(), c10::IValue(static_cast<std::int64_t>(type.rank)));
  } else {
    bind_sizes(node, type);
  }
  return true;
}

// Whether something is None: a value is not, and what was put together of values is not.
bool Walker::try_identity(Node& node, bool is) {
  const bool is_some = std::holds_alternative<ValueId>(known(node.input(0))) || is_pack(*source(node.input(0))->node());
  const auto* other = std::get_if<c10::IValue>(&known(node.input(1)));
  if (!is_some || other == nullptr || !other->isNone()) return false;
  bind(node.output(), c10::IValue(!is));
  return true;
}

void Walker::bind_sizes(Node& node, const RheoType& type) {
  std::vector<std::int64_t> sizes(type.dims, type.dims + type.rank);
  std::replace(sizes.begin(), sizes.end(), std::int64_t{-1}, kBatchSize);
  if (node.inputs().size() == 1) return bind(node.output(), c10::IValue(sizes));
  const auto* axis = std::get_if<c10::IValue>(&known(node.input(1)));
  if (axis == nullptr || !axis->isInt()) throw Refusal("a size of a dimension that is not known ahead");
  const std::int64_t at = axis->toInt() + (axis->toInt() < 0 ? static_cast<std::int64_t>(type.rank) : 0);
  if (at < 0 || at >= static_cast<std::int64_t>(type.rank)) throw Refusal("a size of a dimension that does not exist");
  bind(node.output(), c10::IValue(sizes[static_cast<std::size_t>(at)]));
}

// Of a list or tuple that was put together here, and of one that is a constant.
bool Walker::try_list_element(Node& node) {
  const auto* list = std::get_if<c10::IValue>(&known(node.input(0)));
  const Node& maker = *source(node.input(0))->node();
  // The items: values of the graph, or null where they are parts of a constant.
  std::vector<std::pair<const torch::jit::Value*, Known>> items;
  if (list != nullptr && list->isList()) {
    for (const c10::IValue& item : list->toListRef()) items.emplace_back(nullptr, item);
  } else if (list != nullptr && list->isTuple()) {
    for (const c10::IValue& item : list->toTupleRef().elements()) items.emplace_back(nullptr, item);
  } else if (is_pack(maker)) {
    for (const torch::jit::Value* item : maker.inputs()) items.emplace_back(item, known(item));
  } else {
    // What an operator answers with is unpacked at once: then its results have names of their own.
    return node.kind() == prim::ListUnpack && list_results_.count(node.input(0)) > 0;
  }
  const auto give = [&](const torch::jit::Value* to, const auto& item) {
    item.first == nullptr ? bind(to, item.second) : follow(to, item.first);
  };
  if (node.kind() == prim::ListUnpack || node.kind() == prim::TupleUnpack) {
    if (items.size() != node.outputs().size()) throw Refusal("a list that is unpacked into another number of values");
    for (std::size_t i = 0; i < items.size(); ++i) give(node.outputs()[i], items[i]);
    return true;
  }
  const auto* index = std::get_if<c10::IValue>(&known(node.input(1)));
  if (index == nullptr || !index->isInt()) return false;
  const std::int64_t at = index->toInt() + (index->toInt() < 0 ? static_cast<std::int64_t>(items.size()) : 0);
  if (at < 0 || at >= static_cast<std::int64_t>(items.size())) throw Refusal("an index outside of a list");
  give(node.output(), items[static_cast<std::size_t>(at)]);
  return true;
}

// The values that a node makes. One that answers with a list makes those that the list is unpacked into.
std::vector<const torch::jit::Value*> Walker::results_of(Node& node) {
  std::vector<const torch::jit::Value*> results(node.outputs().begin(), node.outputs().end());
  if (results.size() != 1 || results[0]->type()->kind() != c10::TypeKind::ListType) return results;
  const auto& uses = results[0]->uses();
  if (uses.size() != 1 || uses[0].user->kind() != prim::ListUnpack) {
    throw Refusal(node.kind().toQualString() + std::string(" whose list is not unpacked at once"));
  }
  list_results_.insert(results[0]);
  return {uses[0].user->outputs().begin(), uses[0].user->outputs().end()};
}

// Named as torch.export names it: "aten.add.Tensor" of "aten::add_.Tensor".
std::string Walker::target_of(Node& node) {
  std::string name = node.kind().toQualString();
  if (name.ends_with("_") && !name.ends_with("__")) {
    if (!is_last_use(graph_, node)) throw Refusal(name + " overwrites a tensor that is used again later");
    name.pop_back();
  }
  const std::size_t colons = name.find("::");
  if (colons != std::string::npos) name.replace(colons, 2, ".");
  const c10::FunctionSchema* schema = node.maybeSchema();
  const std::string overload = schema == nullptr ? std::string() : schema->overload_name();
  return name + "." + (overload.empty() ? "default" : overload);
}

void Walker::lower(Node& node) {
  if (is_pack(node)) return;
  const std::string target = target_of(node);
  const std::vector<const torch::jit::Value*> results = results_of(node);
  Arguments arguments(*this);
  if (!arguments.take(node)) return give_up(results);  // the cause is listed already
  std::vector<ValueId> values;
  for (const torch::jit::Value* result : results) values.push_back(result->uses().empty() ? RHEO_NO_VALUE : 0);
  const std::string name = unique(layer_name(node));
  const std::string place = place_of(node);
  if (host_.add_operator(host_.host, target.c_str(), arguments.all().data(), arguments.all().size(), name.c_str(),
                         place.c_str(), values.data(), values.size()) != 0) {
    throw HostRefused();
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (values[i] != RHEO_NO_VALUE) {
      bind(results[i], values[i]);
    } else {
      listed_.insert(results[i]);  // by the host
    }
  }
}

}  // namespace rheo::torch_import
