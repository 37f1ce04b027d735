// SPDX-License-Identifier: Apache-2.0
// The "never slower" guard: an adaptive policy ships only when it is really faster than the reference path on this
// host, with everything inside the measurement: copying in, statistics, estimating, deciding. It also tells which of
// several certified policies is the fastest.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/status.h>

#include "infer/plan_set.h"
#include "load/dataset.h"

namespace rheo {

struct GuardVerdict {
  double policy_us = 0;     // mean per input
  double reference_us = 0;  // mean per input
  double saved_us = 0;      // mean of the paired differences
  // Lower bound of that mean, mean - z sd / sqrt(n), which all policies measured together keep with 95 % confidence:
  // whoever ships the fastest of them has looked at each.
  double saved_at_least_us = 0;
  bool pays() const { return saved_at_least_us > 0; }
};

inline constexpr std::size_t kMostGuarded = 3;  // policies that are measured together

// Runs the policies and the reference path on the same inputs, for each in another order, batch 1, one thread. One
// verdict per policy.
Result<std::vector<GuardVerdict>> measure_guard(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                                const Estimator& estimator, std::span<const Policy* const> policies,
                                                const Dataset& data, std::span<const int> items,
                                                const std::stop_token& stop);

}  // namespace rheo
