// SPDX-License-Identifier: Apache-2.0
// Short forms for the inference tests.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "op/op.h"

namespace rheo::testing {

using Integers = std::vector<std::int64_t>;
using Inputs = std::vector<std::optional<TensorType>>;  // nullopt: absent

inline TensorType type_of(DType dtype, const Shape& shape, std::vector<float> scales = {}, int axis = 0) {
  return {.dtype = dtype, .shape = shape, .quantization = {std::move(scales), axis}};
}
inline TensorType f32(const Shape& shape) { return type_of(DType::f32, shape); }
inline TensorType bf16(const Shape& shape) { return type_of(DType::bf16, shape); }

// The first output's type.
inline Result<TensorType> inferred(OpKind op, const Inputs& inputs, const Attributes& attributes = {}) {
  std::vector<const TensorType*> pointers;
  for (const std::optional<TensorType>& input : inputs) pointers.push_back(input ? &*input : nullptr);
  const Result<std::vector<TensorType>> types = infer_types(op, {attributes, pointers});
  if (!types.ok()) return types.status();
  return types->at(0);
}

// Inference gives `expected`.
inline ::testing::AssertionResult infers(const Result<TensorType>& actual, const TensorType& expected) {
  if (!actual.ok()) return ::testing::AssertionFailure() << actual.status().message();
  if (*actual == expected) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << name_of(actual->dtype) << " " << actual->shape.to_string() << " with "
                                       << actual->quantization.scales.size() << " scales";
}

// Inference refuses, and its sentence holds all of `words`.
inline ::testing::AssertionResult refuses(const Result<TensorType>& actual, const std::vector<std::string>& words) {
  if (actual.ok()) return ::testing::AssertionFailure() << "accepted as " << actual->shape.to_string();
  for (const std::string& word : words) {
    if (actual.status().message().find(word) == std::string::npos)
      return ::testing::AssertionFailure() << "\"" << word << "\" is not in: " << actual.status().message();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace rheo::testing
