// SPDX-License-Identifier: Apache-2.0
#include "adapt/guard.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
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

// Sums of one policy's times and of what it saved against the reference path on the same input.
struct Sums {
  double policy_us = 0;
  double saved_us = 0;
  double squares = 0;
};

// Quantiles of the normal distribution for 0.05 / m, m policies measured together.
constexpr double kQuantiles[kMostGuarded] = {1.645, 1.960, 2.128};
constexpr std::uint64_t kOrderSeed = 42;

GuardVerdict verdict_of(const Sums& sums, double reference_us, double count, double quantile) {
  GuardVerdict verdict;
  verdict.policy_us = sums.policy_us / count;
  verdict.reference_us = reference_us / count;
  verdict.saved_us = sums.saved_us / count;
  const double variance =
      std::max(0.0, sums.squares / count - verdict.saved_us * verdict.saved_us) * count / (count - 1);
  verdict.saved_at_least_us = verdict.saved_us - quantile * std::sqrt(variance / count);
  return verdict;
}

}  // namespace

Result<std::vector<GuardVerdict>> measure_guard(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                                const Estimator& estimator, std::span<const Policy* const> policies,
                                                const Dataset& data, std::span<const int> items,
                                                const std::stop_token& stop) {
  if (policies.empty() || policies.size() > kMostGuarded) {
    return Status(StatusCode::invalid_argument, "The never-slower guard measures 1 to " + std::to_string(kMostGuarded) +
                                                    " policies at once; got " + std::to_string(policies.size()) + ".");
  }
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<LiveSteps> steps, LiveSteps::create(plans, ladder, 1));
  const auto reference = make_fixed_policy(ladder.reference());
  std::vector<const Policy*> contenders(policies.begin(), policies.end());
  contenders.push_back(reference.get());
  RunControl control;
  control.stop = stop;
  std::vector<Sums> sums(policies.size());
  std::vector<double> took_us(contenders.size());
  std::vector<std::size_t> order(contenders.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  SplitMix64 random(kOrderSeed);
  double reference_us = 0;
  double count = 0;
  Tensor input;
  for (std::size_t item = 0; item < items.size(); ++item) {
    RHEO_RETURN_IF_ERROR(data.read_item(items[item], input));
    // Whoever came first would find the input cold, and the last one's weights in the cache.
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.next() % i]);
    for (const std::size_t contender : order) {
      const Mind mind{ladder, estimator, *contenders[contender]};
      RHEO_ASSIGN_OR_RETURN(took_us[contender], time_request(mind, *steps, input, control, plans->options().isa));
    }
    if (item < items.size() / 20) continue;  // warm-up
    count += 1;
    reference_us += took_us.back();
    for (std::size_t policy = 0; policy < policies.size(); ++policy) {
      const double saved_us = took_us.back() - took_us[policy];
      sums[policy].policy_us += took_us[policy];
      sums[policy].saved_us += saved_us;
      sums[policy].squares += saved_us * saved_us;
    }
  }
  if (count < 2) return Status(StatusCode::invalid_argument, "The never-slower guard needs at least 3 inputs.");
  std::vector<GuardVerdict> verdicts;
  verdicts.reserve(sums.size());
  for (const Sums& sum : sums) {
    verdicts.push_back(verdict_of(sum, reference_us, count, kQuantiles[policies.size() - 1]));
  }
  return verdicts;
}

}  // namespace rheo
