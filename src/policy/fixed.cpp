// SPDX-License-Identifier: Apache-2.0
#include "policy/fixed.h"

namespace rheo {

Policy::~Policy() = default;  // kept out of line, so that the type has one home

Decision FixedPolicy::decide(const Situation& situation) const {
  if (situation.evidence.empty()) return Decision::run(path_, {.measure = Measure::fixed_path});
  if (!situation.evidence.back().usable && !situation.evidence.has(situation.ladder.reference())) {
    return Decision::run(situation.ladder.reference(), {.measure = Measure::fixed_path});
  }
  return Decision::answer(situation.evidence.back(), {.measure = Measure::fixed_path});
}

std::shared_ptr<const Policy> make_fixed_policy(PathId path) { return std::make_shared<FixedPolicy>(path); }

}  // namespace rheo
