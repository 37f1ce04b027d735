// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/activation.h"

#include <array>
#include <string>
#include <utility>

#include "op/activation.h"

namespace rheo {
namespace {

constexpr std::array<std::pair<OpKind, Activation::Kind>, 11> kKinds = {{
    {OpKind::relu, Activation::Kind::relu},
    {OpKind::relu6, Activation::Kind::clamp},
    {OpKind::clamp, Activation::Kind::clamp},
    {OpKind::hardswish, Activation::Kind::hardswish},
    {OpKind::hardsigmoid, Activation::Kind::hardsigmoid},
    {OpKind::silu, Activation::Kind::silu},
    {OpKind::gelu, Activation::Kind::gelu},
    {OpKind::sigmoid, Activation::Kind::sigmoid},
    {OpKind::tanh, Activation::Kind::tanh},
    {OpKind::leaky_relu, Activation::Kind::leaky_relu},
    {OpKind::elu, Activation::Kind::elu},
}};

// Files often hold 1/6 as the nearest float, so floats are compared.
bool is_common_hardsigmoid(const ActivationSettings& settings) {
  return static_cast<float>(settings.alpha) == 1.0F / 6 && static_cast<float>(settings.beta) == 0.5F;
}

Activation with_numbers(Activation::Kind function, const ActivationSettings& settings) {
  switch (settings.kind) {
    case OpKind::relu6: return {function, 0.0F, 6.0F};
    case OpKind::hardsigmoid:
      if (is_common_hardsigmoid(settings)) return {function, 0, 0};
      return {Activation::Kind::sloped_clamp, static_cast<float>(settings.alpha), static_cast<float>(settings.beta)};
    case OpKind::gelu: return {settings.is_tanh_approximate ? Activation::Kind::gelu_tanh : function, 0, 0};
    case OpKind::clamp: return {function, static_cast<float>(settings.low), static_cast<float>(settings.high)};
    default: return {function, static_cast<float>(settings.alpha), 0};
  }
}

Result<Activation> from_settings(const ActivationSettings& settings) {
  for (const auto& [kind, function] : kKinds) {
    if (kind == settings.kind) return with_numbers(function, settings);
  }
  return Status(StatusCode::unsupported, "The CPU kernels do not know \"" + std::string(name_of(settings.kind)) +
                                             "\" as an activation; use it as an op of its own.");
}

}  // namespace

Result<Activation> fused_activation(const Attributes& attributes) {
  const std::string_view name = attributes.text("activation");
  if (name.empty()) return Activation{};
  const Result<OpKind> op = op_from_name(name);
  if (!op) return op.status();
  return from_settings(ActivationSettings::fused(*op, attributes));
}

Result<Activation> activation_of(OpKind op, const Attributes& attributes) {
  return from_settings(ActivationSettings::alone(op, attributes));
}

bool keeps_zero(const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::clamp: return activation.alpha <= 0 && activation.beta >= 0;
    case Activation::Kind::hardsigmoid:
    case Activation::Kind::sloped_clamp:
    case Activation::Kind::sigmoid: return false;
    default: return true;
  }
}

}  // namespace rheo
