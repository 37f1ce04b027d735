// SPDX-License-Identifier: Apache-2.0
#include "run/confidence.h"

#include <cmath>
#include <limits>

#include "run/finite.h"

namespace rheo {
namespace {

// Below this e^x is 0 in f32; skipping such terms also keeps 0 * infinity from making a NaN.
constexpr float kSmallestExponent = -87.0f;

struct Largest {
  float first = -std::numeric_limits<float>::infinity();
  float second = -std::numeric_limits<float>::infinity();
  std::int32_t index = -1;
  bool finite = true;  // no NaN and no +infinity among the logits
};

Largest two_largest(std::span<const float> logits) {
  Largest largest;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float z = logits[i];
    largest.finite &= z <= std::numeric_limits<float>::max();  // false for NaN, too
    if (z > largest.first) {
      largest.second = largest.first;
      largest.first = z;
      largest.index = static_cast<std::int32_t>(i);
    } else if (z > largest.second) {
      largest.second = z;
    }
  }
  return largest;
}

}  // namespace

Evidence confidence(std::span<const float> logits, PathId path, float temperature) {
  Evidence evidence;
  evidence.path = path;
  const Largest largest = two_largest(logits);
  evidence.answer = largest.index;
  const bool scaled = temperature > 0 && std::isfinite(temperature);
  if (!largest.finite || largest.index < 0 || !scaled) return evidence;
  const float scale = 1.0f / temperature;
  float sum = 0;
  float weighted = 0;
  for (float logit : logits) {
    const float z = (logit - largest.first) * scale;
    if (!(z >= kSmallestExponent)) continue;
    const float e = std::exp(z);
    sum += e;
    weighted += z * e;
  }
  const float second = (largest.second - largest.first) * scale;
  evidence.top_probability = 1.0f / sum;
  evidence.margin = (1.0f - (second >= kSmallestExponent ? std::exp(second) : 0.0f)) / sum;
  evidence.entropy = std::log(sum) - weighted / sum;
  evidence.usable = true;
  return evidence;
}

Evidence without_confidence(const TensorView& answer, PathId path) {
  Evidence evidence;
  evidence.path = path;
  evidence.usable = all_finite(answer);
  return evidence;
}

}  // namespace rheo
