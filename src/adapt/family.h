// SPDX-License-Identifier: Apache-2.0
// `Family`: one way of choosing (trade-off, thresholds, single paths), tuned on half A into a frozen list of policies,
// and what half B said of that list.
#pragma once

#include <memory>
#include <vector>

#include <rheo/adapt.h>
#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/status.h>

#include "adapt/certify.h"
#include "adapt/tune.h"
#include "adapt/workbench.h"
#include "infer/agreement_table.h"

namespace rheo {

struct Family {
  Ladder ladder;         // the paths that are kept, with temperatures and agreements of half A
  AgreementTable table;  // their columns; rows as in the workbench
  std::shared_ptr<const Estimator> estimator;
  std::vector<TunedPolicy> policies;  // safest first
  std::vector<DroppedPath> dropped;

  ReplaySet replay_set(std::span<const int> rows) const { return {table, ladder, *estimator, rows}; }
};

// Temperatures, estimator, policies, dropped paths: all from half A.
Result<Family> tune_family(const Workbench& bench, const AdaptOptions& options);

struct CertifiedFamily {
  std::vector<Verdict> verdicts;    // one per policy
  int chosen = -1;                  // the cheapest that passed; -1: none
  std::vector<double> measured_us;  // one per policy: mean end to end on half A, -1: not timed. Empty: none was
};

// Walks the frozen list over half B. Counts as one read of it.
Result<CertifiedFamily> certify_family(const Family& family, std::span<const int> certification,
                                       const Promise& promise);

}  // namespace rheo
