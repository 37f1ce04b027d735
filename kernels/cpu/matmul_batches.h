// SPDX-License-Identifier: Apache-2.0
// Which matrices of a and b make each matrix of a broadcast product.
#pragma once

#include <cstdint>
#include <vector>

#include <rheo/tensor.h>

namespace rheo {

// Indices of matrices, counted in the operand's own order.
struct MatmulBatch {
  std::int64_t a = 0, b = 0;
};

// One entry per matrix of the output, in order.
std::vector<MatmulBatch> matmul_batches(const Shape& a, const Shape& b, const Shape& output);

}  // namespace rheo
