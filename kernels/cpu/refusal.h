// SPDX-License-Identifier: Apache-2.0
// How a kernel says no: a Status whose sentence becomes the reason in the plan.
#pragma once

#include <string>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

// 64 TiB. Kernels compute places in bytes from sizes below this without checking each product.
inline constexpr std::size_t kLargestBytes = std::size_t{1} << 46;

inline Status refuse(std::string sentence) { return Status(StatusCode::unsupported, std::move(sentence)); }

// f32, bf16, u8 or i8: the element types this backend computes with.
inline bool is_numeric(DType dtype) {
  return dtype == DType::f32 || dtype == DType::bf16 || dtype == DType::u8 || dtype == DType::i8;
}
inline bool is_8bit(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

// What one stored step of the operand is worth; 1 for values that are not 8-bit.
float scale_of(const TensorType& type);
// The stored value that stands for 0; 0 for values that are not 8-bit.
inline int zero_point_of(const TensorType& type) { return type.quantization.zero_point; }
// Refuses operands so large that no memory holds them, so that places and sizes fit 64 bits in all that follows.
Status check_sizes(const KernelRequest& request);
// The operand at `index`, or null where it is absent.
const Operand* operand(std::span<const Operand> operands, std::size_t index);

}  // namespace rheo
