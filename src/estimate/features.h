// SPDX-License-Identifier: Apache-2.0
// The features of the calibrated estimator. One place for fitting and for estimating, so that they cannot drift apart.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <rheo/record.h>

#include "estimate/calibrated.h"

namespace rheo {

using Features = std::array<float, CalibratedModel::kFeatures>;

// Log odds beyond this are all "sure"; a float probability knows no more.
inline constexpr float kLargestLogOdds = 14;

inline float log_odds(float probability) {
  const float odds = std::log(probability / (1 - probability));
  return std::clamp(odds, -kLargestLogOdds, kLargestLogOdds);
}

using Standardised = std::array<float, InputStatistics::kCount>;

inline Standardised standardised(const InputStatistics& statistics, const CalibratedModel& model) {
  const Standardised raw = {statistics.mean, statistics.variance, statistics.gradient_energy, statistics.entropy};
  Standardised result;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const float value = (raw[i] - model.statistics_mean[i]) * model.statistics_scale[i];
    result[i] = std::clamp(value, -CalibratedModel::kLargestDeviation, CalibratedModel::kLargestDeviation);
  }
  return result;
}

inline Features start_features(const Standardised& s) {
  return {1, s[0], s[1], s[2], s[3], s[0] * s[0], s[1] * s[1], s[2] * s[2], s[3] * s[3], s[0] * s[2], s[1] * s[2]};
}

// What is known of the step before: nothing, or its answer and its calibrated agreement at that time.
struct PreviousStep {
  bool present = false;
  PathId path;
  bool same_answer = false;
  float agreement = 0;
};

inline Features step_features(const Standardised& s, const Evidence& last, const PreviousStep& previous) {
  const float sure = log_odds(last.top_probability);
  const float second = std::max(last.top_probability - last.margin, 1e-7f);
  const float lead = std::min(std::log(std::max(last.top_probability, 1e-7f) / second), kLargestLogOdds);
  const float same = previous.present && previous.same_answer ? 1.0f : 0.0f;
  const float before = previous.present ? log_odds(previous.agreement) : 0.0f;
  // The log odds bend: unsure, middling and sure answers each have their own slope.
  const auto above = [sure](float knot) { return std::max(sure - knot, 0.0f); };
  return {1,    sure, above(0), above(2), above(5), lead,   last.margin,   last.entropy,
          s[0], s[1], s[2],     s[3],     same,     before, same * before, same * sure};
}

// The step before the last one, as the estimator saw it.
inline PreviousStep previous_step(const EvidenceList& evidence) {
  if (evidence.size() < 2) return {};
  const Evidence& previous = evidence[evidence.size() - 2];
  if (!previous.usable) return {};
  return {true, previous.path, previous.answer == evidence.back().answer, previous.agreement};
}

}  // namespace rheo
