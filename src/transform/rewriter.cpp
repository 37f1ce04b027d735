// SPDX-License-Identifier: Apache-2.0
#include "transform/rewriter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

// New constants may take this, and twice what there is.
constexpr std::size_t kFreeRoomBytes = std::size_t{64} << 20;

}  // namespace

std::size_t constant_bytes(const Graph& graph) {
  std::set<const void*> seen;
  std::size_t bytes = 0;
  for (const Value& value : graph.values()) {
    if (!value.is_constant() || !seen.insert(value.constant.data()).second) continue;
    bytes = saturating_add(bytes, value.constant.size_bytes());
  }
  return bytes;
}

Rewriter::Rewriter(const Graph& graph)
    : graph_(&graph),
      readers_(graph.values().size(), 0),
      is_given_out_(graph.values().size(), false),
      map_(graph.values().size(), kNoValue),
      room_bytes_(saturating_add(kFreeRoomBytes, saturating_mul(2, constant_bytes(graph)))) {
  for (const Value& value : graph.values()) old_names_.insert(value.name);
  for (const Node& node : graph.nodes()) {
    if (!graph.is_needed(node)) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) ++readers_[input];
    }
  }
  for (const GivenOut& out : given_out(graph)) is_given_out_[out.value] = true;
}

Result<Rewriter> Rewriter::create(const Graph& graph, std::span<const TensorType> input_types) {
  Rewriter rewriter(graph);
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    const GraphInput& input = graph.inputs()[i];
    const TensorType& type = input_types.empty() ? graph.value(input.value).type : input_types[i];
    RHEO_ASSIGN_OR_RETURN(const ValueId value, rewriter.builder_.add_input(input.name, type, input.preprocessing));
    rewriter.new_names_.insert(input.name);
    rewriter.map_[input.value] = value;
  }
  return rewriter;
}

Result<ValueId> Rewriter::mapped(ValueId old) {
  if (old == kNoValue || map_[old] != kNoValue) return old == kNoValue ? kNoValue : map_[old];
  const Value& value = graph_->value(old);
  if (!value.is_constant()) {
    return Status(StatusCode::internal, fmt::format("A rewrite reads '{}' before anything stands for it.", value.name));
  }
  RHEO_ASSIGN_OR_RETURN(map_[old], add_constant_named(value.name, value.constant, value.type.quantization));
  return map_[old];
}

Result<std::vector<ValueId>> Rewriter::mapped(std::span<const ValueId> old) {
  std::vector<ValueId> values;
  for (const ValueId id : old) {
    RHEO_ASSIGN_OR_RETURN(const ValueId value, mapped(id));
    values.push_back(value);
  }
  return values;
}

Result<ValueId> Rewriter::emit(OpKind kind, std::vector<ValueId> inputs, Attributes attributes, std::string name,
                               std::string source) {
  RHEO_ASSIGN_OR_RETURN(const ValueId value, builder_.add_node(kind, inputs, attributes, name, source));
  new_names_.insert(std::move(name));
  emitted_[value] = {kind, std::move(attributes), std::move(inputs), std::move(source)};
  return value;
}

Status Rewriter::replace(const Node& old, OpKind kind, std::vector<ValueId> inputs, Attributes attributes) {
  RHEO_ASSIGN_OR_RETURN(const ValueId value,
                        emit(kind, std::move(inputs), std::move(attributes), old.name, old.source));
  const std::span<const ValueId> outputs = builder_.outputs_of(value);
  if (outputs.size() != old.outputs.size()) {
    return {StatusCode::internal, fmt::format("Node '{}' has {} outputs, but what replaces it has {}.", old.name,
                                              old.outputs.size(), outputs.size())};
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) stand_in(old.outputs[i], outputs[i]);
  return {};
}

Status Rewriter::copy(const Node& old) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, mapped(old.inputs));
  return replace(old, old.kind, std::move(inputs), old.attributes);
}

Status Rewriter::replace_with_constant(const Node& old, Tensor tensor, Quantization quantization) {
  room_bytes_ -= std::min(room_bytes_, tensor.size_bytes());
  RHEO_ASSIGN_OR_RETURN(const ValueId value, add_constant_named(old.name, std::move(tensor), std::move(quantization)));
  stand_in(old.outputs[0], value);
  return {};
}

Result<ValueId> Rewriter::add_constant(std::string_view name, Tensor tensor, Quantization quantization) {
  room_bytes_ -= std::min(room_bytes_, tensor.size_bytes());
  return add_constant_named(fresh_name(name), std::move(tensor), std::move(quantization));
}

Result<ValueId> Rewriter::add_constant_named(std::string name, Tensor tensor, Quantization quantization) {
  RHEO_ASSIGN_OR_RETURN(const ValueId value, builder_.add_constant(name, tensor, std::move(quantization)));
  new_names_.insert(std::move(name));
  constants_[value] = std::move(tensor);
  return value;
}

const Rewriter::Emitted* Rewriter::maker(ValueId value) const {
  const auto found = emitted_.find(value);
  return found == emitted_.end() ? nullptr : &found->second;
}

const Tensor* Rewriter::constant(ValueId value) const {
  const auto found = constants_.find(value);
  return found == constants_.end() ? nullptr : &found->second;
}

std::string Rewriter::fresh_name(std::string_view name) const {
  std::string unique(name);
  for (int number = 2; old_names_.contains(unique) || new_names_.contains(unique); ++number) {
    unique = fmt::format("{}.{}", name, number);
  }
  return unique;
}

Result<GraphPointer> Rewriter::finish(Unneeded unneeded) {
  for (const Exit& exit : graph_->exits()) {
    RHEO_ASSIGN_OR_RETURN(const ValueId value, mapped(exit.value));
    RHEO_RETURN_IF_ERROR(builder_.add_exit(exit.name, value));
  }
  for (const GraphOutput& output : graph_->outputs()) {
    RHEO_ASSIGN_OR_RETURN(const ValueId value, mapped(output.value));
    RHEO_RETURN_IF_ERROR(builder_.add_output(output.name, value));
  }
  builder_.set_labels({graph_->labels().begin(), graph_->labels().end()});
  return builder_.build(unneeded);
}

Result<GraphPointer> rewrite(const Graph& graph, RewriteRule rule) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  for (const Node& node : graph.nodes()) {
    RHEO_ASSIGN_OR_RETURN(const bool is_done, rule(rewriter, node));
    if (!is_done) RHEO_RETURN_IF_ERROR(rewriter.copy(node));
  }
  return rewriter.finish(Unneeded::keep);
}

}  // namespace rheo
