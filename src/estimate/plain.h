// SPDX-License-Identifier: Apache-2.0
// `PlainEstimator`: the estimator switched off. See make_plain_estimator.
#pragma once

#include <rheo/estimator.h>

namespace rheo {

class PlainEstimator final : public Estimator {
 public:
  // score is 1 minus the agreement of the cheapest path before any step, of the best evidence after one.
  Complexity estimate(const Observation& observation) const override;
  std::string_view name() const override { return "plain"; }
};

}  // namespace rheo
