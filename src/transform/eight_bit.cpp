// SPDX-License-Identifier: Apache-2.0
#include "transform/eight_bit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "op/epilogue.h"
#include "op/pooling.h"
#include "transform/lower.h"
#include "transform/product.h"

namespace rheo {
namespace {

bool is_f32_constant(const Graph& graph, ValueId value) {
  return graph.value(value).is_constant() && graph.value(value).type.dtype == DType::f32;
}

bool is_never_negative(const ActivationSettings& activation) {
  switch (activation.kind) {
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::sigmoid:
    case OpKind::hardsigmoid: return true;
    case OpKind::clamp: return activation.low >= 0;
    default: return false;
  }
}

// Follows a value back through ops that neither change sign nor enlarge the range.
template <typename Stop>
ValueId source_of(const Graph& graph, ValueId value, Stop&& stop) {
  while (!stop(value)) {
    const NodeId producer = graph.value(value).producer;
    if (producer == kNoNode) break;
    const Node& node = graph.node(producer);
    if (!keeps_type(graph, node) && !is_average(node.kind)) break;
    value = node.inputs[0];
  }
  return value;
}

bool is_non_negative(const Graph& graph, ValueId value, const ValueRange& range) {
  const ValueId source = source_of(graph, value, [](ValueId) { return false; });
  const NodeId producer = graph.value(source).producer;
  if (producer == kNoNode) return range.low >= 0;
  const Node& node = graph.node(producer);
  if (node.kind == OpKind::softmax) return true;
  if (is_activation(node.kind)) return is_never_negative(ActivationSettings::alone(node.kind, node.attributes));
  if (!is_product(node.kind)) return false;
  const std::optional<ActivationSettings> activation = Epilogue::from(node.attributes).activation;
  return activation.has_value() && is_never_negative(*activation);
}

Result<ValueRange> range_of(const Graph& graph, ValueId value, const Ranges& ranges) {
  const ValueId source = source_of(graph, value, [&](ValueId id) { return ranges.contains(graph.value(id).name); });
  const auto found = ranges.find(graph.value(source).name);
  const std::string& name = graph.value(value).name;
  if (found == ranges.end()) {
    return Status(StatusCode::not_found,
                  fmt::format("Value '{}' has to become 8-bit, but its range is unknown; calibrate this graph.", name));
  }
  const ValueRange& range = found->second;
  if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Value '{}' has the range {} to {}, which is none; calibrate this graph again.", name,
                              range.low, range.high));
  }
  return range;
}

// The step of an input that is stored as bytes, or 0 when it is not: whole bytes in, offset 0, and the calibrated
// pictures use most of the range (a model that takes [0, 1] directly has scale 1 and never comes near 255).
float step_of_stored_bytes(const Graph& graph, ValueId value, const ValueRange& range) {
  for (const GraphInput& input : graph.inputs()) {
    const double step = input.preprocessing.scale;
    const bool is_plain = input.preprocessing.offset == 0 && input.preprocessing.channels.empty();
    if (input.value != value || !is_plain || step <= 0) continue;
    const bool fills_bytes = range.high > 127 * step && range.high <= 255 * step * (1 + 1e-6);
    return fills_bytes ? static_cast<float>(step) : 0;
  }
  return 0;
}

}  // namespace

bool is_quantised(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [&](const Node& node) {
    return is_product(node.kind) && graph.value(node.inputs[kWeightsInput]).type.dtype == DType::i8;
  });
}

bool moves_elements(OpKind kind) {
  switch (kind) {
    case OpKind::max_pool2d:
    case OpKind::reshape:
    case OpKind::flatten:
    case OpKind::transpose:
    case OpKind::slice:
    case OpKind::gather:
    case OpKind::gather_elements:
    case OpKind::gather_nd:
    case OpKind::expand:
    case OpKind::tile:
    case OpKind::depth_to_space:
    case OpKind::space_to_depth: return true;
    default: return false;
  }
}

bool keeps_type(const Graph& graph, const Node& node) {
  if (graph.value(node.inputs[0]).is_constant()) return false;
  // Other paddings may lie outside the range, and cubic convolution overshoots it.
  if (node.kind == OpKind::pad) return node.attributes.real("value") == 0;
  if (node.kind == OpKind::resize) return node.attributes.text("mode") != "cubic";
  return node.kind == OpKind::trilu || moves_elements(node.kind);
}

bool has_8_bit_weights(const Graph& graph, const Node& node) {
  if (!is_product(node.kind)) return false;
  const NodeId producer = graph.value(node.inputs[kWeightsInput]).producer;
  if (producer == kNoNode || graph.node(producer).kind != OpKind::dequantize) return false;
  const Value& stored = graph.value(graph.node(producer).inputs[0]);
  return stored.is_constant() && stored.type.dtype == DType::i8;
}

bool computes_8_bit(const Graph& graph, const Node& node) {
  if (!is_product(node.kind) || !is_f32_constant(graph, node.inputs[kWeightsInput])) return false;
  if (graph.value(node.inputs[0]).type.dtype != DType::f32) return false;
  return node.kind == OpKind::conv2d ||
         graph.value(node.inputs[kWeightsInput]).type.shape.elements() >= kSmallLinearWeights;
}

std::vector<Want> wanted_8_bit(const Graph& graph, const NodePrecisions& wider) {
  std::vector<Want> wanted(graph.values().size(), Want::none);
  const auto want = [&](ValueId value, Want how_much) {
    if (value != kNoValue && !graph.value(value).is_constant()) wanted[value] = std::max(wanted[value], how_much);
  };
  for (std::size_t id = graph.nodes().size(); id-- > 0;) {
    const Node& node = graph.nodes()[id];
    if (wider.contains(node.name)) continue;
    if (computes_8_bit(graph, node)) {
      want(node.inputs[0], Want::needed);
      if (node.inputs.size() > kResidualInput) want(node.inputs[kResidualInput], Want::if_made);
    } else if (keeps_type(graph, node)) {
      want(node.inputs[0], wanted[node.outputs[0]]);
    } else if (is_average(node.kind)) {
      want(node.inputs[0], Want::if_made);
    }
  }
  return wanted;
}

Result<EightBitType> eight_bit_type(const Graph& graph, ValueId value, const Ranges& ranges) {
  RHEO_ASSIGN_OR_RETURN(const ValueRange range, range_of(graph, value, ranges));
  constexpr float kSteps = 255;
  const bool never_negative = is_non_negative(graph, value, range);
  const float low = never_negative ? 0.0F : std::min(range.low, 0.0F);
  const float step = never_negative ? step_of_stored_bytes(graph, value, range) : 0.0F;
  EightBitType type;
  // Of floats near their limits the difference may be none.
  type.scale = step > 0 ? step : std::max(range.high, 0.0F) / kSteps - low / kSteps;
  // A value that was always 0 has no range to spread; any step will do.
  if (!(type.scale >= std::numeric_limits<float>::min())) type.scale = 1;
  type.zero_point = static_cast<int>(std::clamp(std::nearbyint(-low / type.scale), 0.0F, kSteps));
  return type;
}

}  // namespace rheo
