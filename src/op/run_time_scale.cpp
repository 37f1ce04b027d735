// SPDX-License-Identifier: Apache-2.0
#include "op/run_time_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rheo {

RunTimeScale run_time_scale(float low, float high) {
  constexpr float kSteps = 255;
  if (!std::isfinite(low) || !std::isfinite(high)) return {std::numeric_limits<float>::quiet_NaN(), 0};
  low = std::min(low, 0.0F);
  high = std::max(high, 0.0F);
  const float scale = (high - low) / kSteps;
  if (!std::isfinite(scale)) return {std::numeric_limits<float>::quiet_NaN(), 0};
  if (scale < std::numeric_limits<float>::min()) return {1, 0};
  const float steps = -low / scale;
  const float whole = steps - std::remainder(steps, 1.0F);  // half to even, whatever rounding mode the host has set
  return {scale, static_cast<int>(std::clamp(whole, 0.0F, kSteps))};
}

}  // namespace rheo
