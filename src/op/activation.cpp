// SPDX-License-Identifier: Apache-2.0
#include "op/activation.h"

#include <fmt/format.h>

#include "op/inference.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Status check_bounds(const ActivationSettings& settings) {
  if (settings.low <= settings.high) return {};
  return misfit(fmt::format("clamp keeps values in [{}, {}], which is empty.", settings.low, settings.high));
}

}  // namespace

ActivationSettings ActivationSettings::alone(OpKind kind, const Attributes& attributes) {
  ActivationSettings settings{.kind = kind};
  if (kind == OpKind::clamp) {
    settings.low = attributes.real("min", -kInfinity);
    settings.high = attributes.real("max", kInfinity);
  }
  return settings;
}

ActivationSettings ActivationSettings::fused(OpKind kind, const Attributes& attributes) {
  ActivationSettings settings{.kind = kind};
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
  return check_bounds(ActivationSettings::fused(*kind, context.attributes));
}

bool is_activation(OpKind kind) { return kind >= OpKind::relu && kind <= OpKind::clamp; }

Types infer_float_activation(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  return std::vector{input_type(context, 0)};
}

Types infer_range_activation(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::u8, DType::i8}));
  if (is_8bit(input_type(context, 0).dtype)) RHEO_RETURN_IF_ERROR(require_one_scale(context, 0, "x"));
  return std::vector{input_type(context, 0)};
}

Types infer_clamp(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_bounds(ActivationSettings::alone(OpKind::clamp, context.attributes)));
  return infer_range_activation(context);
}

}  // namespace rheo
