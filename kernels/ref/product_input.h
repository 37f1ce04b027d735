// SPDX-License-Identifier: Apache-2.0
// The left side of conv2d and linear. f32 that meets i8 weights is rounded to u8 first, by the range of each item
// (op/run_time_scale.h). Made per run, on the stack.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/ref/elements.h"

namespace rheo::ref {

class ProductInput {
 public:
  ProductInput(const TensorType& x, const TensorType& weights, const void* data);
  // stored - zero point; f32 and bf16 that stay as they are: the number itself.
  double centred(std::int64_t index) const {
    return steps_.empty() ? reader_.centred(index) : steps_[static_cast<std::size_t>(index)];
  }
  // What one step of the item that holds the element at `index` is worth, where it was found at run time; else 1.
  double found_scale(std::int64_t index) const {
    return steps_.empty() ? 1 : scales_[static_cast<std::size_t>(index / item_elements_)];
  }

 private:
  void round_item(std::int64_t first);

  const ElementReader reader_;
  std::int64_t item_elements_ = 1;
  std::vector<double> steps_;   // of all elements; empty: nothing is rounded
  std::vector<double> scales_;  // of all items
};

}  // namespace rheo::ref
