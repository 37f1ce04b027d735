// SPDX-License-Identifier: Apache-2.0
// Convolution and linear layers by own loops: sums of products over packed weights, everything after the sum fused.
#pragma once

#include <memory>

#include <rheo/status.h>

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/kernel.h"

namespace rheo {

// Multiplies in the narrowest type the instruction set has for the operands: 8-bit with VNNI, bf16 with AVX512-BF16,
// else f32, which holds both exactly. 8-bit sums that could pass 32 bits are kept in two f32 numbers each. Takes x as
// nhwc or plain pictures, answers in nhwc.
Result<std::unique_ptr<Kernel>> make_dot_kernel(Conv2dRequest read, const KernelRequest& request);

}  // namespace rheo
