// SPDX-License-Identifier: Apache-2.0
// mean over any dimensions. f32 and bf16, summed in f32; plain and nhwc. Tested by tests/agree/kernels_ops_test.cpp.
#include "op/mean.h"

#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {
namespace {

// Strides of the output along the input's dimensions; 0 where the input is averaged.
Shape sum_strides(const Operand& x, const Operand& y, const MeanSettings& settings) {
  const Shape own = strides_of(y.type->shape, y.layout);
  Shape strides = x.type->shape;
  std::size_t kept = 0;
  for (std::size_t dim = 0; dim < strides.rank(); ++dim) {
    const bool averaged = settings.is_averaged[dim];
    strides[dim] = averaged ? 0 : own[kept];
    if (!averaged || settings.keep_dims) ++kept;
  }
  return strides;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_mean(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const DType dtype = x.type->dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || y.type->dtype != dtype)
    return refuse("mean works on f32 and bf16.");
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("mean works on plain and nhwc.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const MeanSettings settings = MeanSettings::from(*request.attributes, x.type->shape.rank());
  const Shape sums = sum_strides(x, y, settings);
  const Walk walk = make_walk(x.type->shape, {strides_of(x.type->shape, x.layout), sums, sums});
  if (walk.inner_stride(1) > 1) return refuse("The result is not dense along the innermost dimension of the input.");
  const std::int64_t count = y.type->shape.elements();
  const float factor = static_cast<float>(count) / static_cast<float>(x.type->shape.elements());
  return make_loop_kernel(
      {.implementation = loops_name(request.isa), .scratch_bytes = static_cast<std::size_t>(count) * sizeof(float)},
      [=, loops = &loops_for(request.isa)](const Buffers& buffers, std::int64_t, std::int64_t) {
        const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
        float* scratch = static_cast<float*>(buffers.scratch);
        const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(dtype));
        std::fill(scratch, scratch + count, 0.0F);
        walk.for_each_run([&](const auto& at) {
          if (walk.inner_stride(1) == 0) {
            scratch[at[1]] += loops->sum(in + at[0] * bytes, dtype, walk.inner_size());
          } else {
            loops->accumulate(in + at[0] * bytes, dtype, scratch + at[1], walk.inner_size());
          }
        });
        loops->convert(scratch, DType::f32, buffers.outputs[0], dtype, factor, count);
      });
}

}  // namespace rheo
