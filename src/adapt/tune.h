// SPDX-License-Identifier: Apache-2.0
// Tuning: lists of policies from the tuning half, safest first, each list along one knob. The lists are frozen here;
// the certification half is never among the rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/adapt.h>
#include <rheo/policy.h>
#include <rheo/status.h>

#include "adapt/table.h"

namespace rheo {

// One entry of a frozen list, with what it did on the tuning rows.
struct TunedPolicy {
  std::string name;  // "tradeoff price=120us"
  std::shared_ptr<const Policy> policy;
  Replay tuned;
};

struct TuneOptions {
  int policies = 20;  // length of the list, at least 2
  // The risk on the tuning rows that the list spans, shares in (0, 1). A narrower span around what is promised gives
  // finer steps there.
  double safest_risk = 0.0005;
  double boldest_risk = 0.03;
  LossKind loss = LossKind::disagreement;  // whose risk that is; a drop needs labels
};

// The span that suits a promise: from well inside to somewhat past it.
TuneOptions options_for(double limit, int policies, LossKind loss = LossKind::disagreement);

// Optimal stopping by fitted backward induction, one table per price of a wrong answer.
Result<std::vector<TunedPolicy>> tune_tradeoff(const ReplaySet& set, const TuneOptions& options);

// Margin thresholds along the best chain of rungs, one list entry per price. The baseline that the trade-off must beat.
Result<std::vector<TunedPolicy>> tune_thresholds(const ReplaySet& set, const TuneOptions& options);

// Every single path, always.
Result<std::vector<TunedPolicy>> fixed_policies(const ReplaySet& set);

// What `freeze` does, as a certificate says it.
inline constexpr std::string_view kFrozenOrder =
    "safest first: by disagreement on the tuning half, by cost on ties; none dearer than a safer one";

// Safest first: by disagreement on the tuning rows, by cost on ties. Entries that cost more than a safer one go.
void freeze(std::vector<TunedPolicy>& policies);

// Paths that no policy on the cost-agreement front of `policies` ever runs on the tuning rows, with the reason. The
// reference is never among them.
std::vector<DroppedPath> unused_paths(const ReplaySet& set, std::span<const TunedPolicy> policies);

}  // namespace rheo
