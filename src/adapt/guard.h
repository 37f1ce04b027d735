// SPDX-License-Identifier: Apache-2.0
// The "never slower" guard: an adaptive policy ships only when it is really faster than the reference path on this
// host, with everything inside the measurement: copying in, statistics, estimating, deciding.
#pragma once

#include <span>
#include <stop_token>

#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/status.h>

#include "infer/plan_set.h"
#include "load/dataset.h"

namespace rheo {

struct GuardVerdict {
  double policy_us = 0;          // mean per input
  double reference_us = 0;       // mean per input
  double saved_us = 0;           // mean of the paired differences
  double saved_at_least_us = 0;  // lower 95 % bound of that mean: mean - 1.645 sd / sqrt(n)
  bool pays() const { return saved_at_least_us > 0; }
};

// Runs policy and reference path in turn on the same inputs, batch 1, one thread.
Result<GuardVerdict> measure_guard(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                   const Estimator& estimator, const Policy& policy, const Dataset& data,
                                   std::span<const int> items, const std::stop_token& stop);

}  // namespace rheo
