// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/product_input_test.cpp.
#include "kernels/ref/product_input.h"

#include <algorithm>
#include <cmath>

#include "op/run_time_scale.h"

namespace rheo::ref {

ProductInput::ProductInput(const TensorType& x, const TensorType& weights, const void* data) : reader_(x, data) {
  const std::int64_t elements = x.shape.elements();
  if (x.dtype != DType::f32 || weights.dtype != DType::i8 || elements == 0) return;
  item_elements_ = x.shape.rank() > 1 ? elements / x.shape[0] : elements;
  steps_.resize(static_cast<std::size_t>(elements));
  for (std::int64_t first = 0; first < elements; first += item_elements_) round_item(first);
}

void ProductInput::round_item(std::int64_t first) {
  float low = 0;
  float high = 0;
  for (std::int64_t i = first; i < first + item_elements_; ++i) {
    const auto number = static_cast<float>(reader_.stored(i));
    low = std::isnan(number) ? number : std::min(low, number);  // which leave a NaN in their first argument
    high = std::isnan(number) ? number : std::max(high, number);
  }
  const RunTimeScale found = run_time_scale(low, high);
  const float inverse = 1.0F / found.scale;
  for (std::int64_t i = first; i < first + item_elements_; ++i) {
    const double steps = round_half_even(static_cast<double>(static_cast<float>(reader_.stored(i)) * inverse));
    const double stored = std::isnan(steps) ? 0 : std::clamp(steps + found.zero_point, 0.0, 255.0);
    steps_[static_cast<std::size_t>(i)] = stored - found.zero_point;
  }
  scales_.push_back(static_cast<double>(found.scale));
}

}  // namespace rheo::ref
