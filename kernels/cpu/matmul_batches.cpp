// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_rows_test.cpp.
#include "kernels/cpu/matmul_batches.h"

namespace rheo {
namespace {

// The operand's matrix for matrix `index` of the output.
std::int64_t matrix_of(const Shape& operand, const Shape& output, std::int64_t index) {
  std::int64_t matrix = 0;
  std::int64_t step = 1;
  for (std::size_t back = 3; back <= output.rank(); ++back) {
    const std::int64_t size = output[output.rank() - back];
    const std::int64_t at = index % size;
    index /= size;
    if (back > operand.rank()) continue;
    const std::int64_t own = operand[operand.rank() - back];
    if (own != 1) matrix += at * step;
    step *= own;
  }
  return matrix;
}

}  // namespace

MatmulBatch matmul_batch(const Shape& a, const Shape& b, const Shape& output, std::int64_t index) {
  return {matrix_of(a, output, index), matrix_of(b, output, index)};
}

}  // namespace rheo
