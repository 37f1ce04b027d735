// SPDX-License-Identifier: Apache-2.0
#include "op/activation.h"

#include <cmath>

#include <fmt/format.h>

#include "op/inference.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Of the paper on self-normalising networks, as ONNX rounds them.
constexpr double kSeluAlpha = 1.67326319217681884765625;
constexpr double kSeluGamma = 1.05070102214813232421875;

Status check_bounds(const ActivationSettings& settings) {
  if (settings.low <= settings.high) return {};
  return misfit(fmt::format("clamp keeps values in [{}, {}], which is empty.", settings.low, settings.high));
}

Status check_approximation(const Attributes& attributes) {
  const std::string_view name = attributes.text("approximate");
  if (name.empty() || name == "tanh") return {};
  return misfit(fmt::format("\"approximate\" is \"{}\", but it must be \"tanh\", or empty for erf.", name));
}

double default_alpha(OpKind kind) {
  switch (kind) {
    case OpKind::hardsigmoid: return 1.0 / 6;
    case OpKind::leaky_relu: return 0.01;
    case OpKind::selu: return kSeluAlpha;
    default: return 1;
  }
}

// All but the bounds of clamp, whose names depend on where it stands.
ActivationSettings without_bounds(OpKind kind, const Attributes& attributes) {
  ActivationSettings settings{.kind = kind};
  if (kind == OpKind::clamp) return settings;
  settings.alpha = attributes.real("alpha", default_alpha(kind));
  if (kind == OpKind::hardsigmoid) settings.beta = attributes.real("beta", 0.5);
  if (kind == OpKind::selu) settings.gamma = attributes.real("gamma", kSeluGamma);
  if (kind == OpKind::gelu) settings.is_tanh_approximate = attributes.text("approximate") == "tanh";
  return settings;
}

}  // namespace

ActivationSettings ActivationSettings::alone(OpKind kind, const Attributes& attributes) {
  ActivationSettings settings = without_bounds(kind, attributes);
  if (kind == OpKind::clamp) {
    settings.low = attributes.real("min", -kInfinity);
    settings.high = attributes.real("max", kInfinity);
  }
  return settings;
}

ActivationSettings ActivationSettings::fused(OpKind kind, const Attributes& attributes) {
  ActivationSettings settings = without_bounds(kind, attributes);
  if (kind == OpKind::clamp) {
    settings.low = attributes.real("alpha", -kInfinity);
    settings.high = attributes.real("beta", kInfinity);
  }
  return settings;
}

Status check_fused_activation(const OpContext& context) {
  const std::string_view name = context.attributes.text("activation");
  if (name.empty()) return {};
  const Result<OpKind> kind = op_from_name(name);
  if (!kind.ok() || !is_activation(*kind))
    return misfit(fmt::format("\"activation\" is \"{}\", which is no unary op such as relu or clamp.", name));
  RHEO_RETURN_IF_ERROR(check_approximation(context.attributes));
  return check_bounds(ActivationSettings::fused(*kind, context.attributes));
}

bool is_activation(OpKind kind) {
  return (kind >= OpKind::relu && kind <= OpKind::clamp) || kind == OpKind::leaky_relu || kind == OpKind::elu;
}

Types infer_float_activation(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  return std::vector{input_type(context, 0)};
}

Types infer_range_activation(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::u8, DType::i8}));
  if (is_8bit(input_type(context, 0).dtype)) RHEO_RETURN_IF_ERROR(require_one_scale(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(refuse_zero_point(context, 0, "x"));
  return std::vector{input_type(context, 0)};
}

Types infer_clamp(const OpContext& context) {
  const ActivationSettings settings = ActivationSettings::alone(OpKind::clamp, context.attributes);
  RHEO_RETURN_IF_ERROR(check_bounds(settings));
  const DType dtype = input_type(context, 0).dtype;
  if (dtype != DType::i32 && dtype != DType::i64) return infer_range_activation(context);
  if (std::ceil(settings.low) > std::floor(settings.high))
    return misfit(fmt::format("no whole number lies in [{}, {}].", settings.low, settings.high));
  return std::vector{input_type(context, 0)};
}

Types infer_gelu(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_approximation(context.attributes));
  return infer_float_activation(context);
}

Types infer_celu(const OpContext& context) {
  if (ActivationSettings::alone(OpKind::celu, context.attributes).alpha == 0)
    return misfit("\"alpha\" is 0, but celu divides by it.");
  return infer_float_activation(context);
}

}  // namespace rheo
