// SPDX-License-Identifier: Apache-2.0
// The type of a value in a graph: element type, logical shape and, for 8-bit values, what one step is worth.
#pragma once

#include <vector>

#include <rheo/tensor.h>

namespace rheo {

// real = scale * stored, zero point always 0: u8 for values that cannot be negative, i8 (symmetric) for the rest.
struct Quantization {
  std::vector<float> scales;  // empty: not quantised; one: per tensor; else one per index along `axis`
  int axis = 0;
  bool empty() const { return scales.empty(); }
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

struct TensorType {
  DType dtype = DType::f32;
  Shape shape;
  Quantization quantization;
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

}  // namespace rheo
