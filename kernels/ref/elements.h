// SPDX-License-Identifier: Apache-2.0
// Elements of any dtype as double: one loop per op then serves every dtype. Double holds every stored value exactly,
// i64 beyond 2^53 excepted, and sums of 8-bit products exactly.
#pragma once

#include <cstdint>

#include "tensor/tensor_type.h"

namespace rheo::ref {

// To nearest, ties to even, whatever rounding mode the host has set.
double round_half_even(double value);

class ElementReader {
 public:
  ElementReader(const TensorType& type, const void* data);
  double stored(std::int64_t index) const;
  // scale * (stored - zero point); types without a scale, or with scales along an axis, count as scale 1.
  double real(std::int64_t index) const { return scale_ * centred(index); }
  double scale() const { return scale_; }
  // stored - zero point: whole steps of `scale`.
  double centred(std::int64_t index) const { return stored(index) - zero_point_; }

 private:
  const void* data_;
  DType dtype_;
  double scale_;
  double zero_point_;
};

// i32 and i64 exactly.
std::int64_t integer_at(DType dtype, const void* data, std::int64_t index);
// What does not fit an i32 wraps around.
void set_integer_at(DType dtype, void* data, std::int64_t index, std::int64_t value);

class ElementWriter {
 public:
  ElementWriter(const TensorType& type, void* data);
  // Rounds to the dtype as op/op.h says: floats to nearest; 8-bit to nearest step, saturated, NaN as 0. Other integers
  // are cut toward zero and saturated, NaN as 0; bool is value != 0.
  void set_real(std::int64_t index, double value) const;
  // Cuts toward zero for every integer type: cast.
  void set_cut(std::int64_t index, double value) const;

 private:
  void* data_;
  DType dtype_;
  double scale_;
  double zero_point_;
};

}  // namespace rheo::ref
