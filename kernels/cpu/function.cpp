// SPDX-License-Identifier: Apache-2.0
// Unary functions by own loops, sixteen elements at a time: neg, abs, sign, exp, log, sqrt, reciprocal, erf, floor,
// ceil, round, celu, selu, thresholded_relu, softplus, softsign and mish. Their errors are said in lanes/functions.h.
// f32 and bf16, any layout, in place. Limit: in nchw16c with a part-filled block only functions with f(0) = 0. Tested
// by tests/agree/kernels_elementwise_test.cpp and tests/kernels/cpu/function_test.cpp.
#include <array>
#include <utility>

#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/refusal.h"
#include "op/activation.h"

namespace rheo {
namespace {

constexpr std::array<std::pair<OpKind, UnaryFunction>, 17> kFunctions = {{
    {OpKind::neg, UnaryFunction::neg},
    {OpKind::abs, UnaryFunction::abs},
    {OpKind::sign, UnaryFunction::sign},
    {OpKind::exp, UnaryFunction::exp},
    {OpKind::log, UnaryFunction::log},
    {OpKind::sqrt, UnaryFunction::sqrt},
    {OpKind::reciprocal, UnaryFunction::reciprocal},
    {OpKind::erf, UnaryFunction::erf},
    {OpKind::floor, UnaryFunction::floor},
    {OpKind::ceil, UnaryFunction::ceil},
    {OpKind::round, UnaryFunction::round},
    {OpKind::celu, UnaryFunction::celu},
    {OpKind::selu, UnaryFunction::selu},
    {OpKind::thresholded_relu, UnaryFunction::thresholded_relu},
    {OpKind::softplus, UnaryFunction::softplus},
    {OpKind::softsign, UnaryFunction::softsign},
    {OpKind::mish, UnaryFunction::mish},
}};

// neg makes -0 of the padding, and so does selu with a negative factor.
ZeroPadding padding_of(UnaryFunction function) {
  switch (function) {
    case UnaryFunction::neg:
    case UnaryFunction::selu:
    case UnaryFunction::exp:
    case UnaryFunction::log:
    case UnaryFunction::reciprocal:
    case UnaryFunction::softplus: return ZeroPadding::lost;
    default: return ZeroPadding::kept;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_function(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("These functions are for f32 and bf16.");
  const ActivationSettings settings = ActivationSettings::alone(request.op, *request.attributes);
  for (const auto& [op, function] : kFunctions) {
    if (op != request.op) continue;
    const UnaryCall call{function, static_cast<float>(settings.alpha), static_cast<float>(settings.gamma)};
    return make_flat_kernel(
        request, padding_of(function),
        [call, dtype, loop = element_loops_for(request.isa).unary](
            const std::byte* in, std::byte* out, std::int64_t count) { loop(call, dtype, in, out, count); });
  }
  return refuse("No function of this name.");
}

}  // namespace rheo
