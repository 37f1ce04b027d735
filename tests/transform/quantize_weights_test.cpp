// SPDX-License-Identifier: Apache-2.0
#include "transform/quantize_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::random_tensor;

TEST(QuantizeWeights, RoundsEachChannelWithItsOwnScale) {
  const Tensor weights = Tensor::of<float>({1, -127, 63.4F, 0, 0.5F, -0.25F, 0, 0}, {2, 4}).value();
  const QuantizedWeights quantized = quantize_weights(weights).value();
  ASSERT_EQ(quantized.quantization.scales.size(), 2U);
  EXPECT_EQ(quantized.quantization.axis, 0);
  EXPECT_EQ(quantized.elements.shape(), weights.shape());
  for (std::size_t index = 0; index < 8; ++index) {
    const float scale = quantized.quantization.scales[index / 4];
    const float back = scale * static_cast<float>(quantized.elements.as<std::int8_t>()[index]);
    EXPECT_NEAR(back, weights.as<float>()[index], 0.51F * scale) << index;
  }
}

TEST(QuantizeWeights, RoundingErrorIsAtMostHalfAStepWhenNothingIsCut) {
  const Tensor weights = random_tensor({16, 3, 3, 3}, 4);
  const QuantizedWeights quantized = quantize_weights(weights).value();
  for (std::size_t channel = 0; channel < 16; ++channel) {
    const std::span<const float> source = weights.as<float>().subspan(channel * 27, 27);
    const double rms = std::sqrt(squared_error(source, quantized.quantization.scales[channel]) / 27);
    EXPECT_LT(rms, 0.5 / 127);
  }
}

TEST(QuantizeWeights, KernelsOfOneChannelKeepTheirSums) {
  const auto worst = [](const Shape& shape) {
    const Tensor weights = random_tensor(shape, 5);
    const QuantizedWeights quantized = quantize_weights(weights).value();
    double result = 0;
    for (std::size_t channel = 0; channel < 64; ++channel) {
      double off = 0;
      for (std::size_t i = channel * 9; i < (channel + 1) * 9; ++i) {
        const double step = quantized.quantization.scales[channel];
        const bool is_cut = std::abs(quantized.elements.as<std::int8_t>()[i]) == 127;
        off += is_cut ? 0 : double{weights.as<float>()[i]} / step - quantized.elements.as<std::int8_t>()[i];
      }
      result = std::max(result, std::abs(off));
    }
    return result;
  };
  // In steps. The largest weight, which the scale may cut off, passes its rounding on without being counted here.
  EXPECT_LE(worst({64, 1, 3, 3}), 1.01);
  EXPECT_GT(worst({64, 9, 1, 1}), 1.5) << "rounding to the nearest keeps the sums as well, so nothing was tested";
}

TEST(QuantizeWeights, AZeroChannelHasScaleOne) {
  const QuantizedWeights quantized =
      quantize_weights(Tensor::of<float>({0, 0, 1e-42F, 0, 1, 2}, {3, 2}).value()).value();
  EXPECT_EQ(quantized.quantization.scales[0], 1);
  EXPECT_EQ(quantized.quantization.scales[1], 1);
  EXPECT_GT(quantized.quantization.scales[2], 0.0125F);
}

TEST(QuantizeWeights, RefusesWhatIsNotFinite) {
  EXPECT_FALSE(quantize_weights(Tensor::of<float>({1, INFINITY}, {1, 2}).value()).ok());
  EXPECT_FALSE(quantize_weights(Tensor::of<float>({NAN, 1}, {2, 1}).value()).ok());
}

TEST(WeightScale, NeverWorseThanTheWidestAndMuchBetterForFewWeights) {
  for (const std::int64_t size : {9, 25, 1000}) {
    double chosen = 0;
    double widest = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const Tensor channel = random_tensor({size}, seed);
      const std::span<const float> weights = channel.as<float>();
      float largest = 0;
      for (const float weight : weights) largest = std::max(largest, std::abs(weight));
      EXPECT_LE(squared_error(weights, weight_scale(weights)), squared_error(weights, largest / 127));
      chosen += squared_error(weights, weight_scale(weights));
      widest += squared_error(weights, largest / 127);
    }
    if (size == 9) {
      EXPECT_LT(chosen, 0.6 * widest);  // a depthwise 3 x 3
    }
    if (size == 25) {
      EXPECT_LT(chosen, 0.85 * widest);  // a 5 x 5 on one channel
    }
  }
}

}  // namespace
}  // namespace rheo
