// SPDX-License-Identifier: Apache-2.0
// The model's own functions: translated where they are called, node by node, as if their nodes stood there.
#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "base/try.h"
#include "load/onnx/call.h"
#include "load/onnx/translation.h"

namespace rheo::onnx {

const Function* Translation::find_function(const Node& node) const {
  const auto found = functions_.find({node.domain, node.op});
  return found == functions_.end() ? nullptr : found->second;
}

// A function that imports no operators of ONNX itself has those of its caller.
std::int64_t Translation::opset() const {
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->around) {
    const auto& sets = frame->function.operator_sets;
    const auto own = std::ranges::find(sets, std::string_view(), &OperatorSet::domain);
    if (own != sets.end()) return own->version;
  }
  return model_.opset();
}

// An attribute that refers to a parameter is what the call gives for it, which may refer to one of the function around
// the call; else the parameter's default; else it is absent.
const Attribute* Translation::find_attribute(const Node& node, std::string_view name) const {
  const Attribute* attribute = node.find(name);
  for (const Frame* frame = frame_; attribute != nullptr && !attribute->parameter.empty(); frame = frame->around) {
    if (frame == nullptr) return nullptr;
    const std::string& parameter = attribute->parameter;
    attribute = frame->call.find(parameter);
    if (attribute != nullptr) continue;
    const auto& defaults = frame->function.defaults;
    const auto known = std::ranges::find(defaults, parameter, &Attribute::name);
    return known == defaults.end() ? nullptr : &*known;
  }
  return attribute;
}

// A few functions that call each other twice are a graph without measure.
Status Translation::count_inlined(std::size_t nodes, std::size_t values) {
  inlined_nodes_ = saturating_add(inlined_nodes_, nodes);
  inlined_values_ = saturating_add(inlined_values_, values);
  if (inlined_nodes_ <= limits_.nodes && inlined_values_ <= limits_.values) return {};
  return {StatusCode::limit_exceeded,
          fmt::format("Inlined, the model's functions have more than {} nodes or {} values.", limits_.nodes,
                      limits_.values)};
}

Status Translation::check_call(const Function& function, const Node& node) const {
  std::size_t depth = 1;
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->around, ++depth) {
    if (&frame->function != &function) continue;
    return {StatusCode::bad_format, fmt::format("The function '{}' calls itself.", function.name)};
  }
  if (depth > limits_.graph_depth) {
    return {StatusCode::limit_exceeded, fmt::format("More than {} functions call each other.", limits_.graph_depth)};
  }
  if (function.defaults.size() > limits_.attributes_per_node) {
    return {StatusCode::limit_exceeded,
            fmt::format("The function '{}' has {} parameters, more than the limit of {}.", function.name,
                        function.defaults.size(), limits_.attributes_per_node)};
  }
  if (node.inputs.size() > function.inputs.size() || node.outputs.size() > function.outputs.size()) {
    return {StatusCode::bad_format,
            fmt::format("The function '{}' takes {} inputs and makes {} outputs, but is called with {} and {}.",
                        function.name, function.inputs.size(), function.outputs.size(), node.inputs.size(),
                        node.outputs.size())};
  }
  // Its nodes would name values around the call, which a function does not see.
  const bool takes_graph =
      std::ranges::any_of(node.attributes, [](const Attribute& a) { return a.kind == Attribute::Kind::graph; });
  if (!takes_graph) return {};
  return {StatusCode::unsupported, fmt::format("The function '{}' is given a graph as a parameter.", function.name)};
}

Status Translation::inline_function(const Function& function, Call& call) {
  const Node& node = call.node();
  RHEO_RETURN_IF_ERROR(blame_model(check_call(function, node), call.place()));
  RHEO_RETURN_IF_ERROR(count_inlined(0, function.inputs.size() + function.outputs.size()));
  Scope inside;  // of its own: a function sees its inputs alone
  for (std::size_t i = 0; i < function.inputs.size(); ++i) {
    if (call.has(i)) inside.set(function.inputs[i], call.input(i));
  }
  const Frame frame{function, node, frame_};
  frame_ = &frame;
  Status status;
  for (std::size_t i = 0; status.ok() && i < function.nodes.size(); ++i) {
    status = translate_node(function.nodes[i], inside);
  }
  frame_ = frame.around;
  if (!status.ok()) return status.with_context(fmt::format("function '{}'", function.name));
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const ImportValue* value = inside.find(function.outputs[i]);
    if (value != nullptr) call.answer(*value, i);  // else it is an absent input that is handed through
  }
  return {};
}

}  // namespace rheo::onnx
