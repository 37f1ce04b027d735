// SPDX-License-Identifier: Apache-2.0
// How far a kernel may be from the reference: the one table, per dtype of the result.
//
// Where the numbers come from: a sum of n products of values around 1, rounded at every step to a mantissa of e bits,
// errs like a random walk, about 2^-e * sqrt(n); 16 such units leave room for other orders of summation and for
// Winograd's transforms. The rounding of the result itself adds half a unit in the last place, relative to it.
#pragma once

#include <cmath>
#include <cstdint>

#include <rheo/tensor.h>

namespace rheo::testing {

struct Tolerance {
  double absolute = 0;  // in the units of stored values
  double relative = 0;  // of the expected value
};

// `summands`: products that one result adds up; 1 for element-wise ops.
inline Tolerance tolerance_of(DType result, std::int64_t summands = 1) {
  const double walk = 16 * std::sqrt(static_cast<double>(summands)) * 0x1p-24;
  switch (result) {
    case DType::f32:
      return {.absolute = walk, .relative = 0x1p-20};  // approximations of exp, tanh and erf err by a few 2^-22
    case DType::bf16: return {.absolute = walk, .relative = 0x1p-7};  // one step of a mantissa of 8 bits
    case DType::f16: return {.absolute = walk, .relative = 0x1p-10};
    case DType::u8:
    case DType::i8: return {.absolute = 1, .relative = 0};  // a tie may fall to the other side
    case DType::i32:
    case DType::i64:
    case DType::boolean: return {};
  }
  return {};
}

}  // namespace rheo::testing
