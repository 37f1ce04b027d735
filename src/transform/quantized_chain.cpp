// SPDX-License-Identifier: Apache-2.0
#include "transform/quantized_chain.h"

#include <cmath>

#include "op/activation.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

bool is_8_bit(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

const Node* maker_of_kind(const Graph& graph, ValueId value, OpKind kind) {
  const Node* maker = maker_of(graph, value);
  return maker != nullptr && maker->kind == kind ? maker : nullptr;
}

// A positive finite number, as scales are.
std::optional<float> scale_in(const Graph& graph, ValueId value) {
  const std::optional<double> number = scalar_of(graph, value);
  if (!number || !std::isfinite(*number) || !(*number > 0)) return std::nullopt;
  return static_cast<float>(*number);
}

std::optional<int> zero_point_in(const Graph& graph, ValueId value, DType dtype) {
  const std::optional<double> number = scalar_of(graph, value);
  if (!number || *number != std::floor(*number) || !is_zero_point(dtype, static_cast<std::int64_t>(*number))) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

bool cuts_to_type(const Node& clamp, DType dtype) {
  const ActivationSettings bounds = ActivationSettings::alone(OpKind::clamp, clamp.attributes);
  return dtype == DType::u8 ? bounds.low == 0 && bounds.high == 255 : bounds.low == -128 && bounds.high == 127;
}

}  // namespace

std::optional<InForm> quantize_chain(const Graph& graph, const Node& cast) {
  const DType dtype = graph.value(cast.outputs[0]).type.dtype;
  if (cast.kind != OpKind::cast || !is_8_bit(dtype)) return std::nullopt;
  const Node* clamp = maker_of_kind(graph, cast.inputs[0], OpKind::clamp);
  if (clamp == nullptr || !cuts_to_type(*clamp, dtype)) return std::nullopt;
  InForm found;
  found.form.dtype = dtype;
  ValueId rounded = clamp->inputs[0];
  if (const Node* sum = maker_of_kind(graph, rounded, OpKind::add)) {
    const std::optional<int> zero_point = zero_point_in(graph, sum->inputs[1], dtype);
    if (!zero_point) return std::nullopt;
    found.form.zero_point = *zero_point;
    rounded = sum->inputs[0];
  }
  const Node* round = maker_of_kind(graph, rounded, OpKind::round);
  const Node* quotient = round == nullptr ? nullptr : maker_of_kind(graph, round->inputs[0], OpKind::div);
  const std::optional<float> scale = quotient == nullptr ? std::nullopt : scale_in(graph, quotient->inputs[1]);
  if (!scale || graph.value(quotient->inputs[0]).type.shape != graph.value(cast.outputs[0]).type.shape) {
    return std::nullopt;
  }
  found.form.scale = *scale;
  found.value = quotient->inputs[0];
  return found;
}

std::optional<InForm> dequantize_chain(const Graph& graph, const Node& mul) {
  if (mul.kind != OpKind::mul) return std::nullopt;
  const std::optional<float> scale = scale_in(graph, mul.inputs[1]);
  if (!scale) return std::nullopt;
  const Node* difference = maker_of_kind(graph, mul.inputs[0], OpKind::sub);
  const Node* cast = maker_of_kind(graph, difference == nullptr ? mul.inputs[0] : difference->inputs[0], OpKind::cast);
  if (cast == nullptr) return std::nullopt;
  InForm found;
  found.value = cast->inputs[0];
  const TensorType& stored = graph.value(found.value).type;
  found.form = {stored.dtype, *scale, 0};
  if (!is_8_bit(stored.dtype) || stored.shape != graph.value(mul.outputs[0]).type.shape) return std::nullopt;
  if (difference != nullptr) {
    const std::optional<int> zero_point = zero_point_in(graph, difference->inputs[1], stored.dtype);
    if (!zero_point) return std::nullopt;
    found.form.zero_point = *zero_point;
  }
  return found;
}

StoredForm form_of(const TensorType& type) {
  if (type.quantization.scales.size() != 1) return {};
  return {type.dtype, type.quantization.scales.front(), type.quantization.zero_point};
}

Attributes quantize_attributes(const StoredForm& form) {
  Attributes attributes = {{"dtype", std::string(name_of(form.dtype))}, {"scale", static_cast<double>(form.scale)}};
  if (form.zero_point != 0) attributes.set("zero_point", std::int64_t{form.zero_point});
  return attributes;
}

std::vector<std::vector<NodeId>> readers_by_value(const Graph& graph) {
  std::vector<std::vector<NodeId>> readers(graph.values().size());
  for (std::size_t id = 0; id < graph.nodes().size(); ++id) {
    if (!graph.is_needed(graph.nodes()[id])) continue;
    for (const ValueId input : graph.nodes()[id].inputs) {
      if (input != kNoValue) readers[input].push_back(static_cast<NodeId>(id));
    }
  }
  return readers;
}

}  // namespace rheo
