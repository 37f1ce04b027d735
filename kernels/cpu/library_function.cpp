// SPDX-License-Identifier: Apache-2.0
// Unary functions that the C library computes, one element at a time: sin, cos, tan, asin, acos, atan, sinh, cosh,
// asinh, acosh and atanh. f32 and bf16, any layout, in place. Limit: in nchw16c with a part-filled block not cos, acos,
// cosh and acosh, whose f(0) is not 0. Tested by tests/agree/kernels_elementwise_test.cpp.
#include <array>
#include <cmath>
#include <utility>

#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"
#include "tensor/half.h"

namespace rheo {
namespace {

using Function = float (*)(float);

constexpr std::array<std::pair<OpKind, Function>, 11> kFunctions = {{
    {OpKind::sin, [](float x) { return std::sin(x); }},
    {OpKind::cos, [](float x) { return std::cos(x); }},
    {OpKind::tan, [](float x) { return std::tan(x); }},
    {OpKind::asin, [](float x) { return std::asin(x); }},
    {OpKind::acos, [](float x) { return std::acos(x); }},
    {OpKind::atan, [](float x) { return std::atan(x); }},
    {OpKind::sinh, [](float x) { return std::sinh(x); }},
    {OpKind::cosh, [](float x) { return std::cosh(x); }},
    {OpKind::asinh, [](float x) { return std::asinh(x); }},
    {OpKind::acosh, [](float x) { return std::acosh(x); }},
    {OpKind::atanh, [](float x) { return std::atanh(x); }},
}};

ZeroPadding padding_of(OpKind op) {
  const bool keeps = op != OpKind::cos && op != OpKind::acos && op != OpKind::cosh && op != OpKind::acosh;
  return keeps ? ZeroPadding::kept : ZeroPadding::lost;
}

void apply(Function function, DType dtype, const std::byte* in, std::byte* out, std::int64_t count) {
  if (dtype == DType::f32) {
    const auto* x = reinterpret_cast<const float*>(in);
    auto* y = reinterpret_cast<float*>(out);
    for (std::int64_t i = 0; i < count; ++i) y[i] = function(x[i]);
    return;
  }
  const auto* x = reinterpret_cast<const std::uint16_t*>(in);
  auto* y = reinterpret_cast<std::uint16_t*>(out);
  for (std::int64_t i = 0; i < count; ++i) y[i] = f32_to_bf16(function(bf16_to_f32(x[i])));
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_library_function(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("These functions are for f32 and bf16.");
  for (const auto& [op, function] : kFunctions) {
    if (op != request.op) continue;
    return make_flat_kernel(request, padding_of(op),
                            [function = function, dtype](const std::byte* in, std::byte* out, std::int64_t count) {
                              apply(function, dtype, in, out, count);
                            });
  }
  return refuse("No function of this name.");
}

}  // namespace rheo
