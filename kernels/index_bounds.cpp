// SPDX-License-Identifier: Apache-2.0
#include "kernels/index_bounds.h"

#include <algorithm>

#include <fmt/format.h>

namespace rheo {
namespace {

// Whole blocks are looked at without a branch per element; the culprit is searched for when there is one.
constexpr std::int64_t kBlock = 256;

template <typename T>
std::int64_t first_outside(const T* indices, std::int64_t count, std::int64_t step, std::int64_t size) {
  for (std::int64_t begin = 0; begin < count; begin += kBlock) {
    const std::int64_t end = std::min(begin + kBlock, count);
    bool all = true;
    for (std::int64_t i = begin; i < end; ++i) all &= is_in_bounds(indices[i * step], size);
    if (all) continue;
    for (std::int64_t i = begin; i < end; ++i) {
      if (!is_in_bounds(indices[i * step], size)) return i;
    }
  }
  return -1;
}

}  // namespace

Status index_out_of_bounds(OpKind op, std::int64_t index, std::int64_t place, std::size_t dimension,
                           std::int64_t size) {
  return Status(
      StatusCode::invalid_argument,
      fmt::format("{}: index {} at place {} lies outside [{}, {}), the bounds of dimension {} of input 0 (x); "
                  "mend the indices.",
                  name_of(op), index, place, -size, size, dimension));
}

Status check_indices(OpKind op, const void* indices, DType dtype, std::int64_t count, std::int64_t step,
                     std::size_t dimension, std::int64_t size) {
  const std::int64_t place = dtype == DType::i32
                                 ? first_outside(static_cast<const std::int32_t*>(indices), count, step, size)
                                 : first_outside(static_cast<const std::int64_t*>(indices), count, step, size);
  if (place < 0) return {};
  return index_out_of_bounds(op, index_at(indices, dtype, place * step), place, dimension, size);
}

}  // namespace rheo
