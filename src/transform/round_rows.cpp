// SPDX-License-Identifier: Apache-2.0
#include "transform/round_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/try.h"
#include "tensor/half.h"

namespace rheo {
namespace {

// `order` is room for the places of one row.
void round_row(std::span<const float> row, std::span<std::uint16_t> rounded, std::vector<std::size_t>& order) {
  const bool is_finite = std::ranges::all_of(row, [](float weight) { return std::isfinite(weight); });
  order.resize(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return std::abs(row[a]) > std::abs(row[b]); });
  float left_over = 0;
  for (const std::size_t place : order) {
    const float wanted = row[place] + (is_finite ? left_over : 0.0F);
    rounded[place] = f32_to_bf16(wanted);
    left_over = wanted - bf16_to_f32(rounded[place]);
  }
}

}  // namespace

Result<Tensor> round_rows_to_bf16(const Tensor& weights) {
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::bf16, weights.shape()));
  const std::span<const float> from = weights.as<float>();
  if (from.empty()) return result;
  const std::span<std::uint16_t> to(static_cast<std::uint16_t*>(result.mutable_data()), from.size());
  const std::size_t row = from.size() / static_cast<std::size_t>(weights.shape()[0]);
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < from.size(); at += row) round_row(from.subspan(at, row), to.subspan(at, row), order);
  return result;
}

}  // namespace rheo
