// SPDX-License-Identifier: Apache-2.0
// The type of a value in a graph: element type, logical shape and, for 8-bit values, what one step is worth.
#pragma once

#include <cstdint>
#include <vector>

#include <rheo/tensor.h>

namespace rheo {

// real = scale * (stored - zero_point). What Rheo quantises itself has zero point 0: u8 for values that cannot be
// negative, i8 (symmetric) for the rest. Models that come quantised bring others.
struct Quantization {
  std::vector<float> scales;  // empty: not quantised; one: per tensor; else one per index along `axis`
  int axis = 0;
  int zero_point = 0;  // a value of the dtype; 0 where there are several scales
  bool empty() const { return scales.empty(); }
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

// What a zero point of an 8-bit type may be.
constexpr bool is_zero_point(DType dtype, std::int64_t zero_point) {
  return dtype == DType::u8 ? zero_point >= 0 && zero_point <= 255
                            : dtype == DType::i8 && zero_point >= -128 && zero_point <= 127;
}

struct TensorType {
  DType dtype = DType::f32;
  Shape shape;
  Quantization quantization;
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

}  // namespace rheo
