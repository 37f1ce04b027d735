// SPDX-License-Identifier: Apache-2.0
// local_response_norm: x[c] / (bias + alpha / size * sum of x[k]^2 over a window of channels)^beta. f32 and bf16, plain
// and nhwc. Tested by tests/agree/kernels_norms_test.cpp.
#include "op/local_response_norm.h"

#include <algorithm>

#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {
namespace {

constexpr std::int64_t kRun = 64;  // elements side by side in a part, where channels lie apart

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_local_response_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("local_response_norm works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c)
    return refuse("local_response_norm keeps the layout, plain or nhwc.");
  if (shape.elements() == 0) return make_empty_kernel();
  const LocalResponseNormSettings settings = LocalResponseNormSettings::from(*request.attributes);
  ResponseCall call;
  call.dtype = dtype;
  call.channels = shape[1];
  call.stride = strides_of(shape, x.layout)[1];
  call.before = settings.before();
  call.after = settings.after();
  call.factor = static_cast<float>(settings.alpha / static_cast<double>(settings.size));
  call.beta = static_cast<float>(settings.beta);
  call.bias = static_cast<float>(settings.bias);
  const std::int64_t block = call.channels * call.stride;  // in which all columns of channels lie side by side
  const std::int64_t runs = (call.stride + kRun - 1) / kRun;
  LoopSettings loop = loop_settings(request);
  loop.parts = shape.elements() / block * runs;
  return make_loop_kernel(std::move(loop), [=, loops = &loops_for(request.isa)](const Buffers& buffers,
                                                                                std::int64_t begin, std::int64_t end) {
    const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(dtype));
    const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
    std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
    for (std::int64_t part = begin; part < end; ++part) {
      const std::int64_t first = part % runs * kRun;
      const std::int64_t at = (part / runs * block + first) * bytes;
      loops->respond(call, in + at, out + at, std::min(kRun, call.stride - first));
    }
  });
}

}  // namespace rheo
