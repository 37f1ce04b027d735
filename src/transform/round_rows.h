// SPDX-License-Identifier: Apache-2.0
// Weights in a narrower type for sums of few products. Neighbouring pixels are alike, so that what rounding does to the
// nine weights of a depthwise kernel adds up instead of cancelling: on photographs, half of the answers that bf16
// changed in a mobile network were changed by these weights alone. Rounding that keeps their sum costs nothing when it
// runs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// True for weights [out, in / groups, height, width] whose outputs look at one channel each.
inline bool are_depthwise(const Shape& weights) { return weights.rank() == 4 && weights[1] == 1; }

// Rounds finite weights, the largest first, each with what was left over from the one before, so that their sum stays
// what it was to half a step of the smallest (error diffusion, Floyd and Steinberg, "An adaptive algorithm for spatial
// grey scale", 1976). store(place, wanted) keeps a weight as well as it can and says what it has become.
template <typename Store>
void round_keeping_sum(std::span<const float> row, const Store& store) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return std::abs(row[a]) > std::abs(row[b]); });
  float left_over = 0;
  for (const std::size_t place : order) {
    const float wanted = row[place] + left_over;
    left_over = wanted - store(place, wanted);
  }
}

// `weights`: f32 [rows, ...]. A row that holds NaN or infinity is rounded to the nearest.
Result<Tensor> round_rows_to_bf16(const Tensor& weights);

}  // namespace rheo
