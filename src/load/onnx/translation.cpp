// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/try.h"
#include "kernels/evaluate.h"
#include "load/onnx/call.h"
#include "load/onnx/lowerings.h"
#include "load/widened.h"

namespace rheo::onnx {

Value* Scope::find(std::string_view name) {
  for (Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    const auto found = scope->values_.find(std::string(name));
    if (found != scope->values_.end()) return &found->second;
  }
  return nullptr;
}

std::string place_of(const Node& node) {
  const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return fmt::format("'{}' ({})", name, node.op);
}

Result<std::shared_ptr<const rheo::Graph>> Translation::run() {
  RHEO_RETURN_IF_ERROR(check_options());
  Scope scope;
  RHEO_RETURN_IF_ERROR(add_initializers(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(add_inputs(scope));
  RHEO_RETURN_IF_ERROR(translate_nodes(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(missing_ops());
  RHEO_RETURN_IF_ERROR(add_outputs(scope));
  auto graph = builder_.build();
  if (graph.ok() && widened_ && log_) {
    log_(Severity::info,
         "The model holds 16-bit or 64-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
  }
  return graph;
}

Status Translation::add_initializers(const Graph& graph, Scope& scope) {
  for (const TensorData& data : graph.initializers) {
    RHEO_ASSIGN_OR_RETURN(Tensor elements, to_tensor(data));
    RHEO_ASSIGN_OR_RETURN(elements, in_f32(std::move(elements), widened_));
    widened_ |= data.type == ElementType::f64;
    scope.set(data.name, Value::known(std::move(elements)));
  }
  return {};
}

Status Translation::translate_nodes(const Graph& graph, Scope& scope) {
  for (const Node& node : graph.nodes) RHEO_RETURN_IF_ERROR(translate_node(node, scope));
  return {};
}

Status Translation::translate_node(const Node& node, Scope& scope) {
  Call call(*this, node, scope);
  const Lowering* lowering = node.domain.empty() || node.domain == "ai.onnx" ? find_lowering(node.op) : nullptr;
  if (lowering == nullptr)
    missing_.emplace_back(node.domain.empty() ? node.op : node.domain + "." + node.op, place_of(node));
  if (lowering == nullptr || call.has_missing()) {
    for (std::size_t output = 0; output < node.outputs.size(); ++output) call.answer(Value(), output);
    return {};
  }
  const Status status = lowering->lower(call);
  if (status.ok() || status.code() == StatusCode::resource_exhausted) return status;
  return status.message().find(place_of(node)) == std::string::npos ? status.with_context("node " + place_of(node))
                                                                    : status;
}

Result<std::vector<Value>> Translation::translate_branch(const Graph& graph, Scope& scope) {
  Scope inner(&scope);
  RHEO_RETURN_IF_ERROR(add_initializers(graph, inner));
  RHEO_RETURN_IF_ERROR(translate_nodes(graph, inner));
  std::vector<Value> outputs;
  for (const ValueInfo& output : graph.outputs) {
    const Value* value = inner.find(output.name);
    if (value == nullptr) {
      return Status(StatusCode::bad_format, fmt::format("The branch '{}' makes no '{}'.", graph.name, output.name));
    }
    outputs.push_back(*value);
  }
  return outputs;
}

Status Translation::missing_ops() const {
  if (missing_.empty()) return {};
  constexpr std::size_t kPlacesNamed = 3;
  std::map<std::string, std::vector<std::string>> places;
  for (const auto& [op, place] : missing_) places[op].push_back(place);
  std::string list;
  for (const auto& [op, where] : places) {
    const std::size_t named = std::min(where.size(), kPlacesNamed);
    list += fmt::format("{}{} (node {}{})", list.empty() ? "" : ", ", op,
                        fmt::join(where.begin(), where.begin() + static_cast<std::ptrdiff_t>(named), ", "),
                        where.size() > named ? fmt::format(" and {} more", where.size() - named) : "");
  }
  return {StatusCode::unsupported, fmt::format("Rheo lacks {} operator{} of this model: {}.", places.size(),
                                               places.size() == 1 ? "" : "s", list)};
}

Status Translation::mixes_batch(const Node& node, std::string_view what) {
  needs_fixed_batch_ = true;
  return {StatusCode::unsupported,
          fmt::format("Node {} {}, so the batch cannot stay open; import the model with a fixed batch.", place_of(node),
                      what)};
}

Result<std::vector<Value>> Translation::emit(OpKind kind, std::span<Value* const> inputs,
                                             const PerTrial<Attributes>& per_trial, const Node& node) {
  const bool all_known = std::all_of(inputs.begin(), inputs.end(),
                                     [](const Value* input) { return input == nullptr || input->is_known(); });
  if (all_known) return compute(kind, inputs, per_trial, node);
  std::vector<ValueId> ids;
  for (Value* input : inputs) {
    if (input == nullptr) {
      ids.push_back(kNoValue);
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(const ValueId id, id_of(*input, node, broadcasts(kind)));
    ids.push_back(id);
  }
  const std::string& wanted = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  RHEO_ASSIGN_OR_RETURN(const ValueId first,
                        builder_.add_node(kind, ids, per_trial[0], free_name(wanted), place_of(node)));
  std::vector<Value> outputs;
  for (const ValueId output : builder_.outputs_of(first)) outputs.push_back(Value::computed(output));
  return outputs;
}

Result<std::vector<Value>> Translation::compute(OpKind kind, std::span<Value* const> inputs,
                                                const PerTrial<Attributes>& per_trial, const Node& node) {
  PerTrial<std::vector<Tensor>> results;
  const bool alike = per_trial[0] == per_trial[1] && std::all_of(inputs.begin(), inputs.end(), [](const Value* input) {
                       return input == nullptr || input->ignores_batch();
                     });
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (trial > 0 && alike) {
      results[trial] = results[0];
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(results[trial], compute_one(kind, inputs, per_trial[trial], trial, node));
  }
  std::vector<Value> outputs;
  for (std::size_t output = 0; output < results[0].size(); ++output) {
    outputs.push_back(Value::known({results[0][output], results[1][output]}));
  }
  return outputs;
}

Result<std::vector<Tensor>> Translation::compute_one(OpKind kind, std::span<Value* const> inputs,
                                                     const Attributes& attributes, std::size_t trial,
                                                     const Node& node) {
  std::vector<TensorType> types(inputs.size());
  std::vector<const TensorType*> given;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor* elements = inputs[i] == nullptr ? nullptr : &inputs[i]->elements()[trial];
    if (elements != nullptr) types[i] = {elements->dtype(), elements->shape(), {}};
    given.push_back(elements == nullptr ? nullptr : &types[i]);
    arguments.push_back({elements, given.back(), true});
  }
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> outputs, infer_types(kind, {attributes, given}));
  for (const TensorType& type : outputs) RHEO_RETURN_IF_ERROR(book(type.dtype, type.shape, node));
  return evaluate(kind, attributes, arguments, outputs);
}

// What is computed ahead may be far larger than the file that asks for it.
Status Translation::book(DType dtype, const Shape& shape, const Node& node) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t count, shape.checked_elements());
  const std::size_t limit = options_.limits.computed_bytes;
  const bool fits = static_cast<std::size_t>(count) <= limit / size_bytes(dtype);
  if (fits) computed_bytes_ += static_cast<std::size_t>(count) * size_bytes(dtype);
  if (fits && computed_bytes_ <= limit) return {};
  return {
      StatusCode::limit_exceeded,
      fmt::format("Node {} brings what the model computes ahead of any input above {} bytes.", place_of(node), limit)};
}

Result<ValueId> Translation::id_of(Value& value, const Node& node, bool may_stretch) {
  if (value.id() != kNoValue) return value.id();
  if (!value.ignores_batch()) {
    const std::optional<Tensor> row = value.row_of_all();
    if (!row || !may_stretch) return mixes_batch(node, "reads a value that depends on the size of the batch");
    return builder_.add_constant({}, *row);  // another one for each reader: a row is small
  }
  RHEO_ASSIGN_OR_RETURN(const ValueId id, builder_.add_constant({}, value.only()));
  value.set_id(id);
  return id;
}

TensorType Translation::type_of(const Value& value) const {
  if (value.is_computed()) return builder_.type_of(value.id());
  TensorType type{value.elements()[0].dtype(), value.elements()[0].shape(), {}};
  const Shape& other = value.elements()[1].shape();
  for (std::size_t axis = 0; axis < std::min(type.shape.rank(), other.rank()); ++axis) {
    if (type.shape[axis] != other[axis]) type.shape[axis] = kDynamic;
  }
  return type;
}

PerTrial<Shape> Translation::shapes_of(const Value& value) const {
  if (value.is_known()) return {value.elements()[0].shape(), value.elements()[1].shape()};
  PerTrial<Shape> shapes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    shapes[trial] = builder_.type_of(value.id()).shape;
    for (std::size_t axis = 0; axis < shapes[trial].rank(); ++axis) {
      if (shapes[trial][axis] == kDynamic) shapes[trial][axis] = kTrialBatches[trial];
    }
  }
  return shapes;
}

std::string Translation::free_name(std::string_view wanted) {
  if (wanted.empty()) return {};
  std::string name(wanted);
  std::replace(name.begin(), name.end(), '#', '_');  // '#' marks names that the builder makes up
  std::string free = name;
  for (int count = 2; !used_names_.insert(free).second; ++count) free = fmt::format("{}.{}", name, count);
  return free;
}

}  // namespace rheo::onnx
