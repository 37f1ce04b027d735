// SPDX-License-Identifier: Apache-2.0
// `Policy`: looks at the Situation and says what to do next. The only place that decides.
//
//   // The cheapest path, then the reference path where that left a doubt.
//   struct MyPolicy final : rheo::Policy {
//     rheo::Decision decide(const rheo::Situation& s) const override {
//       if (s.evidence.empty()) return rheo::Decision::run(s.ladder.cheapest());
//       const rheo::Evidence& best = s.evidence.best();
//       const bool sure = best.usable && best.margin >= 0.7f;
//       const bool answers = sure || s.evidence.has(s.ladder.reference());
//       return answers ? rheo::Decision::answer(best) : rheo::Decision::run(s.ladder.reference());
//     } };
//
// Contract: `decide` is pure. Same situation, same decision; no clock, no device, no I/O, no allocation. It is called
// from many threads at once. It never asks twice for a path of the same request, and it answers when the ladder has run
// out; a request whose policy does otherwise, or throws, fails with policy_failed.
// Evidence that is not `usable` (NaN logits) must not be answered with: the loop refuses such an answer with
// policy_failed, and a reference path whose logits are not finite ends the request with bad_format.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/export.h>
#include <rheo/record.h>

namespace rheo {

class RHEO_EXPORT Policy {
 public:
  virtual ~Policy();
  virtual Decision decide(const Situation& situation) const = 0;
  // Stable name for records; must live as long as the policy.
  virtual std::string_view name() const { return "custom"; }
};

// Always runs one path and answers with it; goes on to the reference path when its logits are not finite. The baseline
// of every comparison. Path numbers come from a ladder: load first, then build a policy of engine.ladder() and pass it
// as RunOptions::policy.
RHEO_EXPORT std::shared_ptr<const Policy> make_fixed_policy(PathId path);

// Tuned margins along the ladder. Paths not listed are skipped; the last rung answers whatever its margin.
struct ThresholdsRung {
  PathId path;
  float margin = 0;  // answers when the evidence margin is at least this; in [0,1]
};
RHEO_EXPORT Result<std::shared_ptr<const Policy>> make_thresholds_policy(std::vector<ThresholdsRung> rungs);

// One knob: takes the action with the least expected remaining cost plus `price_us` times the chance of a wrong answer
// (optimal stopping; the expected costs are fitted on the tuning half by backward induction).
struct RHEO_EXPORT TradeoffTable {
  double price_us = 0;  // what a wrong answer costs, in microseconds of computing
  // Row r: after evidence of path r - 1 (row 0: before any step). Column j: action "run path j next". Each cell holds
  // kBins expected remaining costs in microseconds (price included), by the calibrated agreement of the best evidence
  // (row 0: of the cheapest path). Infinity where the action is not offered.
  static constexpr int kBins = 32;
  int paths = 0;
  std::vector<float> expected_us;  // [paths + 1, paths, kBins], row-major
  // Bin of an agreement in [0,1]: uniform in the negative log of the disagreement, finer near 1.
  static int bin_of(float agreement);
};
RHEO_EXPORT Result<std::shared_ptr<const Policy>> make_tradeoff_policy(TradeoffTable table);

}  // namespace rheo
