// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <rheo/estimator.h>

namespace rheo {

Estimator::~Estimator() = default;  // kept out of line, so that the type has one home

namespace {

// The estimator switched off; see make_plain_estimator.
class PlainEstimator final : public Estimator {
 public:
  Complexity estimate(const Observation& observation) const override {
    const Ladder& ladder = observation.ladder;
    Complexity complexity;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
      complexity.agreement[i] = static_cast<float>(ladder.profile(PathId{static_cast<std::uint8_t>(i)}).agreement);
    }
    float best = ladder.size() > 0 ? complexity.agreement[0] : 0;
    for (const Evidence& evidence : observation.evidence) {
      const float word = evidence.usable ? evidence.top_probability : 0;
      complexity.agreement[evidence.path.index] = word;
      best = &evidence == observation.evidence.begin() ? word : std::max(best, word);
    }
    if (ladder.size() > 0) {
      // The reference agrees with itself, whatever it shows.
      complexity.agreement[ladder.reference().index] = 1;
      if (observation.evidence.has(ladder.reference())) best = 1;
    }
    complexity.score = 1 - best;
    return complexity;
  }

  std::string_view name() const override { return "plain"; }
};

}  // namespace

std::shared_ptr<const Estimator> make_plain_estimator() { return std::make_shared<PlainEstimator>(); }

}  // namespace rheo
