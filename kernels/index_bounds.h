// SPDX-License-Identifier: Apache-2.0
// Indices that arrive at run time, in tensors of i32 or i64: they are checked before anything is read or written
// through them. All kernels that take places from a tensor check here, so that they fail with the same sentence.
#pragma once

#include <cstdint>

#include <rheo/status.h>

#include "op/op.h"

namespace rheo {

// The index counted from 0; a negative one counts from the end of `size` elements.
inline std::int64_t from_start(std::int64_t index, std::int64_t size) { return index < 0 ? index + size : index; }

inline bool is_in_bounds(std::int64_t index, std::int64_t size) { return index >= -size && index < size; }

// "gather: index 7 at place 2 lies outside [-5, 5), the size of dimension 1 of input 0 (x)".
Status index_out_of_bounds(OpKind op, std::int64_t index, std::int64_t place, std::size_t dimension, std::int64_t size);

// The first `count` elements of dtype i32 or i64 at `indices`, every `step`th of them, lie in [-size, size).
Status check_indices(OpKind op, const void* indices, DType dtype, std::int64_t count, std::int64_t step,
                     std::size_t dimension, std::int64_t size);

// One index of either type.
inline std::int64_t index_at(const void* indices, DType dtype, std::int64_t place) {
  return dtype == DType::i32 ? static_cast<const std::int32_t*>(indices)[place]
                             : static_cast<const std::int64_t*>(indices)[place];
}

}  // namespace rheo
