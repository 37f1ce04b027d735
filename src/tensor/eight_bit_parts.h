// SPDX-License-Identifier: Apache-2.0
// Whole numbers as weights of 8 bits: quantised weights less their zero point lie within -255 and 255, which is one i8
// or the sum of two. Any thread.
#pragma once

#include <span>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// i8 elements, each of which counts `factor` times.
struct EightBitPart {
  Tensor elements;
  float factor = 1;
};

// `numbers` fill `shape`. One part where an i8 holds each of them; else two that add up to them, halves and what is
// left, which is 0 or 1. None when a number is beyond -256 and 255.
Result<std::vector<EightBitPart>> eight_bit_parts(std::span<const int> numbers, const Shape& shape);

}  // namespace rheo
