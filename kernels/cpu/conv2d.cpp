// SPDX-License-Identifier: Apache-2.0
// conv2d by own loops: y[n, oy, ox, o] = activation(sum over (ky, kx, i) of x * w[o, i, ky, kx] + bias[o] + residual).
// Layouts: x nhwc or plain, y and residual nhwc. Types: f32, bf16, u8/i8 x i8; f32, bf16, u8 or i8 out; f32 x i8
// (run_time_dot.h).
// Limits: constant weights and bias; bf16 with an odd number of input channels per group reads one element of the next
// group or pixel of the same image times zero, so a NaN or infinity spreads that far.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "base/try.h"
#include "kernels/cpu/dot_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/run_time_dot.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_conv2d(const KernelRequest& request) {
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  if (rounds_input(request)) return make_run_time_conv2d(request);
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_conv2d(request));
  return make_dot_kernel(std::move(read), request);
}

namespace {

// f32, and u8 that is multiplied as it lies. oneDNN is 5 % faster on the wide layers of bf16.
bool is_best_by_own_loops(const Conv2dRequest& read, Isa isa) {
  if (read.x == DType::f32) return true;
  return read.x == DType::u8 && isa >= Isa::avx512_vnni && read.shape.in_channels % 4 == 0 && sums_fit_32_bits(read);
}

}  // namespace

// Sums over many channels: oneDNN's convolutions for AVX2 take 1.1 to 1.6 times as long there, those for AVX-512 as
// long or less, and it is ahead on pictures of a few colours (bench/kernels_conv2d).
Result<std::unique_ptr<Kernel>> make_own_deep_conv2d(const KernelRequest& request) {
  constexpr std::int64_t kDeep = 32, kWide = 16;
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_conv2d(request));
  const bool is_deep = read.shape.in_channels / read.shape.groups >= kDeep;
  const bool is_wide = read.shape.out_channels / read.shape.groups >= kWide;
  if (request.isa != Isa::avx2 || read.x != DType::f32 || !is_deep || !is_wide)
    return refuse("Own loops are ahead of oneDNN's on AVX2 alone, in f32 and sums over many channels.");
  return make_dot_kernel(std::move(read), request);
}

// Where every pixel of the result is made of the one at its place.
Result<std::unique_ptr<Kernel>> make_own_pointwise(const KernelRequest& request) {
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_conv2d(request));
  const Conv2dShape& shape = read.shape;
  const bool is_pointwise = shape.kernel_height == 1 && shape.kernel_width == 1 && shape.stride_height == 1 &&
                            shape.stride_width == 1 && shape.groups == 1 && !shape.has_padding();
  if (!is_pointwise) return refuse("This is not a convolution of single pixels with stride 1 in one group.");
  if (!is_best_by_own_loops(read, request.isa))
    return refuse("Pixels of this type, or of this number of channels, are multiplied faster by other kernels.");
  if (!same_bytes(request.inputs[0].type->shape, read.x_layout, Layout::nhwc))
    return refuse("The convolution of single pixels works in nhwc only.");
  return make_dot_kernel(std::move(read), request);
}

}  // namespace rheo
