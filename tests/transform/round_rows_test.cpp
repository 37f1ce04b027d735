// SPDX-License-Identifier: Apache-2.0
#include "transform/round_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "support/sample_graphs.h"
#include "tensor/half.h"

namespace rheo {
namespace {

using testing::random_tensor;

double sum(std::span<const float> row) {
  double total = 0;
  for (const float weight : row) total += weight;
  return total;
}

std::vector<float> rounded_row(const Tensor& rounded, std::size_t row, std::size_t size) {
  std::vector<float> result;
  for (std::size_t i = 0; i < size; ++i) {
    result.push_back(bf16_to_f32(static_cast<const std::uint16_t*>(rounded.data())[row * size + i]));
  }
  return result;
}

TEST(RoundRows, KeepsSumsAndStaysWithinAStep) {
  constexpr std::size_t kRows = 50, kSize = 9;
  const Tensor weights = random_tensor({kRows, 1, 3, 3}, 7);
  const Tensor rounded = round_rows_to_bf16(weights).value();
  ASSERT_EQ(rounded.dtype(), DType::bf16);
  ASSERT_EQ(rounded.shape(), weights.shape());
  double worst_nearest = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::span<const float> from = weights.as<float>().subspan(row * kSize, kSize);
    const std::vector<float> to = rounded_row(rounded, row, kSize);
    float smallest = std::abs(from[0]);
    double nearest = 0;
    for (std::size_t i = 0; i < kSize; ++i) {
      smallest = std::min(smallest, std::abs(from[i]));
      EXPECT_LE(std::abs(to[i] - from[i]), std::abs(from[i]) * 0x1p-7F + 0x1p-9F) << row << ", " << i;
      nearest += bf16_to_f32(f32_to_bf16(from[i]));
    }
    // Half a step of the smallest weight, which may have grown by what was added to it.
    EXPECT_LE(std::abs(sum(to) - sum(from)), (smallest + 0x1p-8F) * 0x1p-8F + 1e-6) << row;
    worst_nearest = std::max(worst_nearest, std::abs(nearest - sum(from)));
  }
  EXPECT_GT(worst_nearest, 0x1p-9) << "rounding to the nearest keeps the sums as well, so nothing was tested";
}

TEST(RoundRows, RoundsToTheNearestBesideWhatIsNotFinite) {
  Tensor weights = Tensor::zeros(DType::f32, {2, 3}).value();
  float* to = static_cast<float*>(weights.mutable_data());
  to[0] = std::numeric_limits<float>::infinity();
  to[1] = 1.0F + 0x1p-9F;
  to[2] = 0.5F;
  to[3] = std::nanf("");
  to[4] = 1.0F;
  to[5] = 2.0F;
  const Tensor rounded = round_rows_to_bf16(weights).value();
  const std::vector<float> first = rounded_row(rounded, 0, 3);
  EXPECT_EQ(first, (std::vector<float>{std::numeric_limits<float>::infinity(), 1.0F, 0.5F}));
  const std::vector<float> second = rounded_row(rounded, 1, 3);
  EXPECT_TRUE(std::isnan(second[0]));
  EXPECT_EQ(second[1], 1.0F);
  EXPECT_EQ(second[2], 2.0F);
}

TEST(RoundRows, TakesNoRows) {
  const Tensor rounded = round_rows_to_bf16(Tensor::zeros(DType::f32, {0, 1, 3, 3}).value()).value();
  EXPECT_EQ(rounded.shape(), (Shape{0, 1, 3, 3}));
}

}  // namespace
}  // namespace rheo
