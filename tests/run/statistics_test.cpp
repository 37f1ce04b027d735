// SPDX-License-Identifier: Apache-2.0
#include "run/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::random_tensor;

std::vector<Isa> isas() {
  std::vector<Isa> result = {Isa::portable};
  if (select_isa({}).value() >= Isa::avx512) result.push_back(Isa::avx512);
  return result;
}

// The definition, in double, for [batch, channels, height, width] or one row.
InputStatistics expected(const Tensor& tensor) {
  const auto x = tensor.as<float>();
  const bool picture = tensor.shape().rank() == 4;
  const std::size_t columns = static_cast<std::size_t>(tensor.shape()[tensor.shape().rank() - 1]);
  const std::size_t rows = picture ? static_cast<std::size_t>(tensor.shape()[2]) : 1;
  double sum = 0, squares = 0, gradients = 0, pairs = 0;
  float low = x[0], high = x[0];
  for (float v : x) {
    sum += static_cast<double>(v);
    low = std::min(low, v);
    high = std::max(high, v);
  }
  const double count = static_cast<double>(x.size());
  const double mean = sum / count;
  std::vector<double> bins(32, 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean);
    const std::size_t column = i % columns;
    const std::size_t row = i / columns % rows;
    const auto step = [&](std::size_t other) {
      gradients += std::pow(static_cast<double>(x[other]) - static_cast<double>(x[i]), 2);
      ++pairs;
    };
    if (column + 1 < columns) step(i + 1);
    if (row + 1 < rows) step(i + columns);
    if (high > low) ++bins[static_cast<std::size_t>(std::min(31.0f, (x[i] - low) * (32.0f / (high - low))))];
  }
  double entropy = 0;
  for (double bin : bins) entropy -= bin > 0 ? bin / count * std::log(bin / count) : 0;
  return {static_cast<float>(mean), static_cast<float>(squares / count),
          static_cast<float>(pairs > 0 ? gradients / pairs : 0), static_cast<float>(entropy)};
}

void expect_near(const InputStatistics& got, const InputStatistics& wanted, const std::string& what) {
  EXPECT_NEAR(got.mean, wanted.mean, 1e-5f) << what;
  EXPECT_NEAR(got.variance, wanted.variance, 1e-5f * (1 + wanted.variance)) << what;
  EXPECT_NEAR(got.gradient_energy, wanted.gradient_energy, 1e-5f * (1 + wanted.gradient_energy)) << what;
  EXPECT_NEAR(got.entropy, wanted.entropy, 1e-5f) << what;
}

TEST(InputStatistics, EqualTheDefinition) {
  const std::vector<Shape> shapes = {{1, 1, 28, 28}, {1, 3, 224, 224}, {2, 3, 17, 5}, {1, 1, 1, 1}, {1, 784},
                                     {1, 1, 5, 1},   {1, 16},          {1, 257},      {1, 70000},   {1, 1, 3, 300}};
  for (Isa isa : isas()) {
    for (const Shape& shape : shapes) {
      const Tensor tensor = random_tensor(shape, 3, -2, 5);
      expect_near(input_statistics(tensor, isa), expected(tensor), shape.to_string() + " " + std::string(name_of(isa)));
    }
  }
}

TEST(InputStatistics, AStridedViewEqualsItsDenseCopy) {
  const Tensor tensor = random_tensor({1, 30, 41, 3}, 9);
  const TensorView by_pixel(tensor.data(), DType::f32, {1, 3, 30, 41}, {30 * 41 * 3, 1, 41 * 3, 3});
  const TensorView cropped(tensor.data(), DType::f32, {1, 30, 20, 3}, {30 * 41 * 3, 41 * 3, 3, 1});
  const TensorView rank3(tensor.data(), DType::f32, {10, 20, 3}, {41 * 3, 3, 1});
  for (Isa isa : isas()) {
    for (const TensorView& view : {by_pixel, cropped, rank3}) {
      expect_near(input_statistics(view, isa), input_statistics(Tensor::copy_of(view).value(), isa),
                  view.shape().to_string());
    }
  }
}

TEST(InputStatistics, AFarMeanLosesNoDigits) {
  Tensor tensor = random_tensor({1, 1, 28, 28}, 4);
  const InputStatistics near_zero = input_statistics(tensor, Isa::portable);
  for (float& x : tensor.as_mutable<float>()) x += 1000;
  for (Isa isa : isas()) EXPECT_NEAR(input_statistics(tensor, isa).variance, near_zero.variance, 1e-4f);
}

TEST(InputStatistics, EqualElementsHaveNoEntropy) {
  const Tensor zeros = Tensor::zeros(DType::f32, {1, 1, 8, 8}).value();
  for (Isa isa : isas()) expect_near(input_statistics(zeros, isa), {0, 0, 0, 0}, "zeros");
}

TEST(InputStatistics, TwoHalvesHaveTheEntropyOfACoin) {
  Tensor tensor = Tensor::zeros(DType::f32, {1, 1, 16, 32}).value();
  for (std::size_t i = 0; i < 256; ++i) tensor.as_mutable<float>()[i] = 1;
  for (Isa isa : isas()) {
    const InputStatistics statistics = input_statistics(tensor, isa);
    EXPECT_NEAR(statistics.entropy, std::log(2.0), 1e-6);
    EXPECT_NEAR(statistics.gradient_energy, 32.0 / (16 * 31 + 15 * 32), 1e-6);
    EXPECT_EQ(statistics.mean, 0.5f);
    EXPECT_EQ(statistics.variance, 0.25f);
  }
}

TEST(InputStatistics, BrokenElementsShowInTheMean) {
  for (float broken : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (std::size_t where : {std::size_t{0}, std::size_t{500}, std::size_t{783}}) {
      Tensor tensor = random_tensor({1, 1, 28, 28}, 4);
      tensor.as_mutable<float>()[where] = broken;
      for (Isa isa : isas()) {
        const InputStatistics statistics = input_statistics(tensor, isa);
        EXPECT_TRUE(std::isnan(statistics.mean));
        EXPECT_EQ(statistics.entropy, 0.0f);
      }
    }
  }
}

TEST(InputStatistics, WhatIsNotF32OrEmptyGivesZeros) {
  const Tensor bytes = Tensor::zeros(DType::u8, {1, 4}).value();
  EXPECT_EQ(input_statistics(bytes, Isa::portable).mean, 0.0f);
  EXPECT_EQ(input_statistics(TensorView(nullptr, DType::f32, {1, 0}), Isa::portable).variance, 0.0f);
}

TEST(InputStatistics, TheSameInputGivesTheSameBits) {
  const Tensor tensor = random_tensor({1, 3, 64, 64}, 8);
  for (Isa isa : isas()) {
    const InputStatistics a = input_statistics(tensor, isa);
    const InputStatistics b = input_statistics(tensor.clone().value(), isa);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.variance, b.variance);
    EXPECT_EQ(a.gradient_energy, b.gradient_energy);
    EXPECT_EQ(a.entropy, b.entropy);
  }
}

}  // namespace
}  // namespace rheo
