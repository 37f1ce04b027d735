// SPDX-License-Identifier: Apache-2.0
#include "adapt/tune.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "adapt/chain.h"
#include "adapt/induction.h"
#include "base/try.h"

namespace rheo {
namespace {

Result<TunedPolicy> replayed(const ReplaySet& set, std::string name, Result<std::shared_ptr<const Policy>> policy) {
  if (!policy) return policy.status();
  RHEO_ASSIGN_OR_RETURN(Replay tuned, replay(set, **policy));
  return TunedPolicy{std::move(name), *policy, std::move(tuned)};
}

// Share of the rows on which this loss occurred; a drop may be negative.
double risk_of(const Replay& replay, LossKind loss) {
  if (loss == LossKind::disagreement) return replay.disagreement;
  const auto lost = std::accumulate(replay.losses.drops.begin(), replay.losses.drops.end(), std::int64_t{0});
  return static_cast<double>(lost) / static_cast<double>(std::max<std::int64_t>(1, replay.losses.inputs));
}

// How a list is made along one knob, the price of a wrong answer.
struct Knob {
  std::function<Result<double>(double price_us)> risk;  // on the tuning rows
  std::function<Result<TunedPolicy>(double price_us)> policy;
};

constexpr double kCloseEnough = 1.1;  // ratio of prices: the span needs no exact ends

// The price at which the risk falls to `risk`, by bisection of its logarithm: a higher price makes a safer policy, up
// to noise. `known` are risks by price; it grows.
Result<double> price_for(const Knob& knob, double risk, double low_us, double high_us,
                         std::map<double, double>& known) {
  for (const auto& [price_us, here] : known) {
    if (here > risk) low_us = std::max(low_us, price_us);
  }
  for (const auto& [price_us, here] : known) {
    if (here <= risk && price_us > low_us) high_us = std::min(high_us, price_us);
  }
  while (high_us > low_us * kCloseEnough) {
    const double middle_us = std::sqrt(low_us * high_us);
    RHEO_ASSIGN_OR_RETURN(const double here, knob.risk(middle_us));
    known[middle_us] = here;
    (here > risk ? low_us : high_us) = middle_us;
  }
  return high_us;
}

// A geometric grid of prices between those of the two ends of the span.
Result<std::vector<TunedPolicy>> tune_list(const ReplaySet& set, const TuneOptions& options, const Knob& knob) {
  if (options.policies < 2 || !(options.safest_risk > 0) || !(options.boldest_risk > options.safest_risk) ||
      set.rows.empty()) {
    return Status(StatusCode::invalid_argument,
                  "Tuning needs inputs, at least two policies, and a span of risks above 0.");
  }
  if (options.loss == LossKind::accuracy_drop && !set.table.has_labels()) {
    return Status(StatusCode::invalid_argument, "Tuning for an accuracy drop needs labels; give them.");
  }
  const double reference_us = std::max(1e-3, set.ladder.profile(set.ladder.reference()).latency_us);
  std::map<double, double> known;
  RHEO_ASSIGN_OR_RETURN(const double bold_us,
                        price_for(knob, options.boldest_risk, reference_us * 0.1, reference_us * 1e4, known));
  RHEO_ASSIGN_OR_RETURN(const double safe_us, price_for(knob, options.safest_risk, bold_us, reference_us * 1e4, known));
  std::vector<TunedPolicy> list;
  for (int i = 0; i < options.policies; ++i) {
    const double share = static_cast<double>(i) / (options.policies - 1);
    RHEO_ASSIGN_OR_RETURN(TunedPolicy tuned, knob.policy(safe_us * std::pow(bold_us / safe_us, share)));
    list.push_back(std::move(tuned));
  }
  freeze(list);
  return list;
}

}  // namespace

// Certification reads the list from its safest entry and stops where one fails, so that the first must pass even where
// a few hundred inputs made the tuning half look twice as safe as the other one is.
TuneOptions options_for(double limit, int policies, LossKind loss) {
  return {policies, 0.1 * limit, std::min(0.9, 1.3 * limit), loss};
}

Result<std::vector<TunedPolicy>> tune_tradeoff(const ReplaySet& set, const TuneOptions& options) {
  const InductionStates states(set);
  Knob knob;
  knob.policy = [&](double price_us) {
    return replayed(set, fmt::format("tradeoff price={:.0f}us", price_us),
                    make_tradeoff_policy(fit_tradeoff_table(states, price_us).table));
  };
  knob.risk = [&](double price_us) -> Result<double> {
    if (options.loss == LossKind::disagreement) return fit_tradeoff_table(states, price_us).disagreement;
    RHEO_ASSIGN_OR_RETURN(const TunedPolicy tuned, knob.policy(price_us));
    return risk_of(tuned.tuned, options.loss);
  };
  return tune_list(set, options, knob);
}

Result<std::vector<TunedPolicy>> tune_thresholds(const ReplaySet& set, const TuneOptions& options) {
  const ChainTuner tuner(set);
  std::vector<ThresholdsRung> near;
  Knob knob;
  knob.policy = [&](double price_us) {
    std::vector<ThresholdsRung> rungs = tuner.best_chain(price_us, near);
    near = rungs;
    std::string name = "thresholds";
    for (const ThresholdsRung& rung : rungs) {
      name += fmt::format(" {}>={:.3f}", set.ladder.name(rung.path), rung.margin);
    }
    return replayed(set, std::move(name), make_thresholds_policy(std::move(rungs)));
  };
  knob.risk = [&](double price_us) -> Result<double> {
    RHEO_ASSIGN_OR_RETURN(const TunedPolicy tuned, knob.policy(price_us));
    return risk_of(tuned.tuned, options.loss);
  };
  return tune_list(set, options, knob);
}

Result<std::vector<TunedPolicy>> fixed_policies(const ReplaySet& set) {
  std::vector<TunedPolicy> list;
  for (std::size_t i = 0; i < set.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    RHEO_ASSIGN_OR_RETURN(TunedPolicy tuned,
                          replayed(set, fmt::format("fixed {}", set.ladder.name(path)), make_fixed_policy(path)));
    list.push_back(std::move(tuned));
  }
  return list;
}

void freeze(std::vector<TunedPolicy>& policies) {
  std::stable_sort(policies.begin(), policies.end(), [](const TunedPolicy& a, const TunedPolicy& b) {
    if (a.tuned.losses.disagreements != b.tuned.losses.disagreements) {
      return a.tuned.losses.disagreements < b.tuned.losses.disagreements;
    }
    return a.tuned.cost_us < b.tuned.cost_us;
  });
  double cheapest_us = std::numeric_limits<double>::infinity();
  std::erase_if(policies, [&](const TunedPolicy& policy) {
    const bool dominated = policy.tuned.cost_us >= cheapest_us;
    cheapest_us = std::min(cheapest_us, policy.tuned.cost_us);
    return dominated;
  });
}

std::vector<DroppedPath> unused_paths(const ReplaySet& set, std::span<const TunedPolicy> policies) {
  std::vector<std::int64_t> runs(set.ladder.size());
  std::size_t on_front = 0;
  for (const TunedPolicy& policy : policies) {
    const bool dominated = std::any_of(policies.begin(), policies.end(), [&](const TunedPolicy& other) {
      const bool no_worse = other.tuned.cost_us <= policy.tuned.cost_us &&
                            other.tuned.losses.disagreements <= policy.tuned.losses.disagreements;
      return no_worse && (other.tuned.cost_us < policy.tuned.cost_us ||
                          other.tuned.losses.disagreements < policy.tuned.losses.disagreements);
    });
    if (dominated) continue;
    ++on_front;
    for (std::size_t i = 0; i < runs.size(); ++i) runs[i] += policy.tuned.path_runs[i];
  }
  std::vector<DroppedPath> dropped;
  for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
    if (runs[i] > 0) continue;
    const PathId path{static_cast<std::uint8_t>(i)};
    const PathProfile& profile = set.ladder.profile(path);
    dropped.push_back({std::string(set.ladder.name(path)),
                       fmt::format("none of the {} policies on the cost-agreement front runs it on any of {} tuning "
                                   "inputs; alone it takes {:.1f} us and agrees on {:.2f} %",
                                   on_front, set.rows.size(), profile.latency_us, 100 * profile.agreement)});
  }
  return dropped;
}

}  // namespace rheo
