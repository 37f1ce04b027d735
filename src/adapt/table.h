// SPDX-License-Identifier: Apache-2.0
// Replaying policies on an agreement table, and the two rows of the demo table that are no policy: what an oracle would
// pay, and what mixing single paths at random would reach.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/status.h>

#include "adapt/certify.h"
#include "infer/agreement_table.h"

namespace rheo {

// What is replayed on. Borrowed; `rows` are input numbers of the table.
struct ReplaySet {
  const AgreementTable& table;
  const Ladder& ladder;
  const Estimator& estimator;
  std::span<const int> rows;
};

// What a policy did on those rows, in their order.
struct Replay {
  double cost_us = 0;                     // mean per input, from profiles
  double disagreement = 0;                // share of rows
  double accuracy = -1;                   // share of rows; -1 without labels
  Losses losses;                          // for certification
  std::vector<PathId> answered_by;        // [rows]
  std::vector<float> costs_us;            // [rows]
  std::vector<std::int64_t> path_counts;  // [paths], rows answered by each path
  std::vector<std::int64_t> path_runs;    // [paths], rows that ran each path
  double multiply_adds = 0;               // mean per input; a switched path adds its own, a resumed one only the rest
};

// Runs `infer` over table steps: what is replayed is what users run. Errors are those of the policy.
Result<Replay> replay(const ReplaySet& set, const Policy& policy);

// The cheapest single path of each row that gives the reference's answer: no policy can be cheaper and always agree,
// short of resuming by luck.
Replay replay_oracle(const ReplaySet& set);

// Mixing two single paths at random, without looking at the input, so that the mean cost is `cost_us`: the smallest
// disagreement any such mixture reaches, and its accuracy (-1 without labels).
struct Mixture {
  PathId cheap;
  PathId dear;
  double share_dear = 0;  // of the inputs, in [0, 1]
  double disagreement = 1;
  double accuracy = -1;
};
Mixture best_mixture_at(const ReplaySet& set, double cost_us);

}  // namespace rheo
