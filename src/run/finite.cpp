// SPDX-License-Identifier: Apache-2.0
#include "run/finite.h"

#include <cstdint>

namespace rheo {
namespace {

// An element is NaN or infinite exactly when all bits of its exponent are set.
template <typename Bits, Bits kExponent>
bool row_is_finite(const Bits* row, std::int64_t count, std::int64_t stride) {
  bool finite = true;
  for (std::int64_t i = 0; i < count; ++i) finite = finite && (row[i * stride] & kExponent) != kExponent;
  return finite;
}

template <typename Bits, Bits kExponent>
bool is_finite(const TensorView& view, std::size_t axis, const Bits* from) {
  const std::size_t rank = view.shape().rank();
  if (rank == 0) return row_is_finite<Bits, kExponent>(from, 1, 1);
  const std::int64_t stride = view.strides()[axis];
  if (axis + 1 == rank) return row_is_finite<Bits, kExponent>(from, view.shape()[axis], stride);
  for (std::int64_t i = 0; i < view.shape()[axis]; ++i) {
    if (!is_finite<Bits, kExponent>(view, axis + 1, from + i * stride)) return false;
  }
  return true;
}

}  // namespace

bool all_finite(const TensorView& view) {
  switch (view.dtype()) {
    case DType::f32:
      return is_finite<std::uint32_t, 0x7F800000U>(view, 0, static_cast<const std::uint32_t*>(view.data()));
    case DType::bf16: return is_finite<std::uint16_t, 0x7F80U>(view, 0, static_cast<const std::uint16_t*>(view.data()));
    case DType::f16: return is_finite<std::uint16_t, 0x7C00U>(view, 0, static_cast<const std::uint16_t*>(view.data()));
    default: return true;
  }
}

}  // namespace rheo
