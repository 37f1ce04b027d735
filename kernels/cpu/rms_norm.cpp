// SPDX-License-Identifier: Apache-2.0
// rms_norm: x / sqrt(mean of x^2 + epsilon) * scale over the last dimensions. f32 and bf16, plain, in place.
// Tested by tests/agree/kernels_norms_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "op/normalisation.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_rms_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("rms_norm works on f32 and bf16.");
  if (x.layout != Layout::plain || request.outputs[0].layout != Layout::plain)
    return refuse("rms_norm works on plain values.");
  if (shape.elements() == 0) return make_empty_kernel();
  const RmsNormSettings settings = RmsNormSettings::from(*request.attributes);
  const std::int64_t count = Shape(shape.dims().last(settings.axes)).elements();
  const bool has_scale = operand(request.inputs, 1) != nullptr;
  LoopSettings loop = loop_settings(request);
  loop.in_place_input = 0;
  loop.parts = shape.elements() / count;
  return make_loop_kernel(std::move(loop),
                          [=, epsilon = static_cast<float>(settings.epsilon), loops = &loops_for(request.isa)](
                              const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            const std::int64_t bytes = count * static_cast<std::int64_t>(size_bytes(dtype));
                            const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
                            std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
                            const float* scale = has_scale ? static_cast<const float*>(buffers.inputs[1]) : nullptr;
                            for (std::int64_t row = begin; row < end; ++row)
                              loops->rms_norm(in + row * bytes, out + row * bytes, dtype, scale, epsilon, count);
                          });
}

}  // namespace rheo
