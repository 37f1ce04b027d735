// SPDX-License-Identifier: Apache-2.0
// Tensors for tests: random ones that follow from a seed on every host, written-out ones, and their comparison.
#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <rheo/tensor.h>

#include "support/tolerance.h"

namespace rheo::testing {

// `values` rounded to `dtype`: floats to nearest even, integers cut and saturated. Throws rheo::Error on a misfit.
Tensor tensor_of(DType dtype, const Shape& shape, const std::vector<double>& values);
inline Tensor f32_of(const Shape& shape, const std::vector<double>& values) {
  return tensor_of(DType::f32, shape, values);
}

// Evenly spread over [low, high); integers over [ceil(low), floor(high)].
Tensor random_tensor_of(DType dtype, const Shape& shape, std::uint64_t seed, double low = -1, double high = 1);

// All elements as stored, bf16 and f16 as what they stand for.
std::vector<double> values_of(const Tensor& tensor);

// |actual - expected| <= absolute + relative * |expected| for every element; NaN equals NaN, infinity itself. The
// message names the first and the worst element that differs.
::testing::AssertionResult is_close(const Tensor& actual, const Tensor& expected, Tolerance tolerance);
// Within the tolerance of its dtype.
::testing::AssertionResult is_close(const Tensor& actual, const Tensor& expected, std::int64_t summands = 1);
// Same dtype, shape and bytes.
::testing::AssertionResult is_identical(const Tensor& actual, const Tensor& expected);

}  // namespace rheo::testing
