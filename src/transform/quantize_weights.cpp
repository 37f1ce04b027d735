// SPDX-License-Identifier: Apache-2.0
#include "transform/quantize_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "transform/round_rows.h"

namespace rheo {
namespace {

constexpr float kLargest = 127;
constexpr int kCandidates = 20;  // each way, steps of half a per cent of the largest magnitude
// Larger channels take the widest scale: their rounding errors average out whatever the scale, and the search would be
// most of the time to load a package.
constexpr std::size_t kSearchedWeights = 128;

float steps_of(float weight, float scale) { return std::nearbyint(weight / scale); }  // ties to even, the default
float stored(float weight, float scale) { return std::clamp(steps_of(weight, scale), -kLargest, kLargest); }

}  // namespace

double squared_error(std::span<const float> channel, float scale) {
  double sum = 0;
  for (const float weight : channel) {
    const double error = double{weight} - double{scale} * double{stored(weight, scale)};
    sum += error * error;
  }
  return sum;
}

float weight_scale(std::span<const float> channel) {
  float largest = 0;
  for (const float weight : channel) largest = std::max(largest, std::abs(weight));
  const float widest = largest / kLargest;
  // Subnormal scales would lose their own precision; such a channel is as good as zero.
  if (!(widest >= std::numeric_limits<float>::min())) return 1;
  if (channel.size() > kSearchedWeights) return widest;
  float best = widest;
  double best_error = squared_error(channel, widest);
  for (int step = -kCandidates; step <= kCandidates; ++step) {
    const float scale = widest * (1 + 0.005F * static_cast<float>(step));
    const double error = squared_error(channel, scale);
    if (error < best_error) {
      best = scale;
      best_error = error;
    }
  }
  return best;
}

Result<QuantizedWeights> quantize_weights(const Tensor& weights) {
  const std::span<const float> elements = weights.as<float>();
  if (!std::ranges::all_of(elements, [](float weight) { return std::isfinite(weight); })) {
    return Status(StatusCode::bad_format, "A weight is not a finite number, so it has no 8-bit form.");
  }
  QuantizedWeights result;
  RHEO_ASSIGN_OR_RETURN(result.elements, Tensor::zeros(DType::i8, weights.shape()));
  const std::span<std::int8_t> stored_elements = result.elements.as_mutable<std::int8_t>();
  const auto channels = static_cast<std::size_t>(weights.shape()[0]);
  const std::size_t size = elements.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::span<const float> source = elements.subspan(channel * size, size);
    const float scale = weight_scale(source);
    result.quantization.scales.push_back(scale);
    const auto store = [&](std::size_t index, float wanted) {
      stored_elements[channel * size + index] = static_cast<std::int8_t>(stored(wanted, scale));
      return steps_of(wanted, scale) * scale;  // what the scale was chosen to cut off is not made up for
    };
    if (are_depthwise(weights.shape())) {
      round_keeping_sum(source, store);
    } else {
      for (std::size_t index = 0; index < size; ++index) store(index, source[index]);
    }
  }
  return result;
}

}  // namespace rheo
