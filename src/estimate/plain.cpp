// SPDX-License-Identifier: Apache-2.0
#include "estimate/plain.h"

#include <algorithm>

namespace rheo {

Estimator::~Estimator() = default;  // kept out of line, so that the type has one home

Complexity PlainEstimator::estimate(const Observation& observation) const {
  const Ladder& ladder = observation.ladder;
  Complexity complexity;
  if (ladder.size() == 0) return complexity;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    complexity.agreement[i] = static_cast<float>(ladder.profile(PathId{static_cast<std::uint8_t>(i)}).agreement);
  }
  for (const Evidence& evidence : observation.evidence) {
    // NaN is no agreement at all.
    const bool trusted = evidence.usable && evidence.top_probability > 0;
    complexity.agreement[evidence.path.index] = trusted ? evidence.top_probability : 0;
  }
  complexity.agreement[ladder.reference().index] = 1;  // it agrees with itself, whatever it shows
  float best = observation.evidence.empty() ? complexity.agreement[0] : 0;
  for (const Evidence& evidence : observation.evidence) {
    best = std::max(best, complexity.agreement[evidence.path.index]);
  }
  complexity.score = 1 - best;
  return complexity;
}

std::shared_ptr<const Estimator> make_plain_estimator() { return std::make_shared<PlainEstimator>(); }

}  // namespace rheo
