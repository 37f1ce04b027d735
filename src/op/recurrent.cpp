// SPDX-License-Identifier: Apache-2.0
#include "op/recurrent.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/checked.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::array<std::string_view, 3> kDirections = {"forward", "reverse", "bidirectional"};

std::vector<OpKind> default_activations(OpKind op) {
  if (op == OpKind::lstm) return {OpKind::sigmoid, OpKind::tanh, OpKind::tanh};
  if (op == OpKind::gru) return {OpKind::sigmoid, OpKind::tanh};
  return {OpKind::tanh};
}

// The unary ops of a list such as "sigmoid,tanh", each with its default settings; nothing when a name is none, or a
// clamp, which without bounds is none either.
std::optional<std::vector<OpKind>> activations_from(std::string_view list) {
  std::vector<OpKind> kinds;
  while (true) {
    const std::size_t comma = list.find(',');
    const Result<OpKind> kind = op_from_name(list.substr(0, comma));
    if (!kind.ok() || !is_activation(*kind) || *kind == OpKind::clamp) return std::nullopt;
    kinds.push_back(*kind);
    if (comma == std::string_view::npos) return kinds;
    list.remove_prefix(comma + 1);
  }
}

Status check_settings(OpKind op, const OpContext& context) {
  const std::string_view direction = context.attributes.text("direction", kDirections[0]);
  if (std::find(kDirections.begin(), kDirections.end(), direction) == kDirections.end())
    return misfit(fmt::format("\"direction\" is \"{}\", but it must be forward, reverse or bidirectional.", direction));
  const double clip = context.attributes.real("clip");
  if (clip < 0) return misfit(fmt::format("\"clip\" is {}, but it must not be negative.", clip));
  const std::string_view activations = context.attributes.text("activations");
  if (activations.empty()) return {};
  const std::optional<std::vector<OpKind>> kinds = activations_from(activations);
  const std::size_t needed =
      default_activations(op).size() * RecurrentSettings::from(op, context.attributes).directions();
  if (kinds && kinds->size() == needed) return {};
  return misfit(
      fmt::format("\"activations\" is \"{}\", but {} names of unary ops other than clamp are needed, such as "
                  "sigmoid and tanh, separated by commas.",
                  activations, needed));
}

Status require_operand(const OpContext& context, std::size_t input, std::string_view name, DType dtype,
                       const Shape& shape) {
  if (!has_input(context, input)) return {};
  RHEO_RETURN_IF_ERROR(require_dtype(context, input, name, {dtype}));
  if (input_type(context, input).shape == shape) return {};
  return misfit(
      fmt::format("{}, but the other operands need {}.", describe_input(context, input, name), shape.to_string()));
}

Status check_operands(OpKind op, const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32}));
  RHEO_RETURN_IF_ERROR(require_rank(context, 0, "x", 3));
  for (std::size_t axis : {1U, 2U}) RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  RHEO_RETURN_IF_ERROR(require_rank(context, kRecurrentWeights, "r", 3));
  const RecurrentSizes sizes =
      RecurrentSizes::of(op, input_type(context, 0).shape, input_type(context, kRecurrentWeights).shape);
  const auto directions = static_cast<std::int64_t>(RecurrentSettings::from(op, context.attributes).directions());
  const std::optional<std::int64_t> rows =
      checked_mul(std::int64_t{8}, sizes.hidden);  // all products below are smaller
  if (sizes.directions != directions || sizes.hidden < 1 || !rows)
    return misfit(fmt::format("{}, but [{}, {} * hidden, hidden] is needed.",
                              describe_input(context, kRecurrentWeights, "r"), directions, sizes.gates));
  const std::int64_t hidden = sizes.hidden;
  const Shape state{sizes.batch, directions, hidden};
  RHEO_RETURN_IF_ERROR(
      require_operand(context, kInputWeights, "w", DType::f32, {directions, sizes.gates * hidden, sizes.input}));
  RHEO_RETURN_IF_ERROR(
      require_operand(context, kRecurrentWeights, "r", DType::f32, {directions, sizes.gates * hidden, hidden}));
  RHEO_RETURN_IF_ERROR(require_operand(context, kGateBias, "bias", DType::f32, {directions, 2 * sizes.gates * hidden}));
  RHEO_RETURN_IF_ERROR(require_operand(context, kLengths, "lengths", DType::i32, {sizes.batch}));
  RHEO_RETURN_IF_ERROR(require_operand(context, kFirstHidden, "h0", DType::f32, state));
  RHEO_RETURN_IF_ERROR(require_operand(context, kFirstCell, "c0", DType::f32, state));
  return require_operand(context, kPeepholes, "peepholes", DType::f32, {directions, 3 * hidden});
}

// `states`: how many of y_h, y_c follow y.
Types infer_recurrent(OpKind op, const OpContext& context, std::size_t states) {
  RHEO_RETURN_IF_ERROR(check_settings(op, context));
  RHEO_RETURN_IF_ERROR(check_operands(op, context));
  const Shape& x = input_type(context, 0).shape;
  const RecurrentSizes sizes = RecurrentSizes::of(op, x, input_type(context, kRecurrentWeights).shape);
  const TensorType y{
      .dtype = DType::f32, .shape = {sizes.batch, sizes.steps, sizes.directions, sizes.hidden}, .quantization = {}};
  std::vector<TensorType> types{y};
  types.resize(1 + states,
               {.dtype = DType::f32, .shape = {sizes.batch, sizes.directions, sizes.hidden}, .quantization = {}});
  return types;
}

}  // namespace

RecurrentSettings RecurrentSettings::from(OpKind op, const Attributes& attributes) {
  RecurrentSettings settings;
  const auto direction =
      std::find(kDirections.begin(), kDirections.end(), attributes.text("direction", kDirections[0]));
  if (direction != kDirections.end())
    settings.direction = static_cast<Direction>(std::distance(kDirections.begin(), direction));
  const std::string_view list = attributes.text("activations");
  if (std::optional<std::vector<OpKind>> given = activations_from(list)) {
    settings.activations = std::move(*given);
  } else {
    const std::vector<OpKind> one = default_activations(op);
    for (std::size_t i = 0; i < settings.directions(); ++i)
      settings.activations.insert(settings.activations.end(), one.begin(), one.end());
  }
  settings.clip = attributes.real("clip");
  settings.input_forget = attributes.integer("input_forget") != 0;
  settings.linear_before_reset = attributes.integer("linear_before_reset") != 0;
  return settings;
}

std::int64_t gates_of(OpKind op) { return op == OpKind::lstm ? 4 : op == OpKind::gru ? 3 : 1; }

RecurrentSizes RecurrentSizes::of(OpKind op, const Shape& x, const Shape& r) {
  return {.batch = x[0], .steps = x[1], .input = x[2], .directions = r[0], .gates = gates_of(op), .hidden = r[2]};
}

Types infer_lstm(const OpContext& context) { return infer_recurrent(OpKind::lstm, context, 2); }
Types infer_gru(const OpContext& context) { return infer_recurrent(OpKind::gru, context, 1); }
Types infer_rnn(const OpContext& context) { return infer_recurrent(OpKind::rnn, context, 1); }

std::int64_t recurrent_multiply_adds(const OpContext& context, const TensorType& y) {
  const Shape& w = input_type(context, kInputWeights).shape;  // [directions, gates * hidden, input]
  const Shape& r = input_type(context, kRecurrentWeights).shape;
  const std::int64_t weights = saturating_product(saturating_elements(Shape{w[0], w[1]}), w[2] + r[2]);
  return saturating_product(saturating_elements(Shape{y.shape[0], y.shape[1]}), weights);
}

}  // namespace rheo
