// SPDX-License-Identifier: Apache-2.0
// Which matrices of a and b make each matrix of a broadcast product.
#pragma once

#include <cstdint>

#include <rheo/tensor.h>

namespace rheo {

// Indices of matrices, counted in the operand's own order.
struct MatmulBatch {
  std::int64_t a = 0, b = 0;
};

// For matrix `index` of the output.
MatmulBatch matmul_batch(const Shape& a, const Shape& b, const Shape& output, std::int64_t index);

}  // namespace rheo
