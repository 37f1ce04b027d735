// SPDX-License-Identifier: Apache-2.0
#include "adapt/guard.h"

#include <cmath>
#include <vector>

#include "base/clock.h"
#include "base/try.h"
#include "infer/live_steps.h"
#include "infer/loop.h"
#include "run/statistics.h"

namespace rheo {

namespace {

// One request, as the engine makes it.
Result<double> time_request(const Mind& mind, LiveSteps& steps, const Tensor& input, const RunControl& control,
                            Isa isa) {
  const std::int64_t started = now_ns();
  Item item;
  Item* active = nullptr;
  const TensorView view = input;
  const std::span<const TensorView> views(&view, 1);
  item.statistics = input_statistics(view, isa);
  steps.begin(std::span(&views, 1), control);
  infer(mind, std::span(&item, 1), std::span(&active, 1), steps);
  if (!item.status.ok()) return item.status;
  if (item.interrupted != StatusCode::ok)
    return Status(item.interrupted, "Measuring was stopped; nothing was written.");
  return static_cast<double>(now_ns() - started) * 1e-3;
}

}  // namespace

Result<GuardVerdict> measure_guard(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                   const Estimator& estimator, const Policy& policy, const Dataset& data,
                                   std::span<const int> items, const std::stop_token& stop) {
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<LiveSteps> steps, LiveSteps::create(plans, ladder, 1));
  const auto reference = make_fixed_policy(ladder.reference());
  const Mind adaptive{ladder, estimator, policy};
  const Mind fixed{ladder, estimator, *reference};
  const Isa isa = plans->options().isa;
  RunControl control;
  control.stop = stop;
  GuardVerdict verdict;
  double squares = 0;
  double count = 0;
  Tensor input;
  for (std::size_t i = 0; i < items.size(); ++i) {
    RHEO_RETURN_IF_ERROR(data.read_item(items[i], input));
    RHEO_ASSIGN_OR_RETURN(const double policy_us, time_request(adaptive, *steps, input, control, isa));
    RHEO_ASSIGN_OR_RETURN(const double reference_us, time_request(fixed, *steps, input, control, isa));
    if (i < items.size() / 20) continue;  // warm-up
    count += 1;
    verdict.policy_us += policy_us;
    verdict.reference_us += reference_us;
    squares += (reference_us - policy_us) * (reference_us - policy_us);
  }
  if (count < 2) return Status(StatusCode::invalid_argument, "The never-slower guard needs at least 3 inputs.");
  verdict.policy_us /= count;
  verdict.reference_us /= count;
  verdict.saved_us = verdict.reference_us - verdict.policy_us;
  const double variance = std::max(0.0, squares / count - verdict.saved_us * verdict.saved_us) * count / (count - 1);
  verdict.saved_at_least_us = verdict.saved_us - 1.645 * std::sqrt(variance / count);
  return verdict;
}

}  // namespace rheo
