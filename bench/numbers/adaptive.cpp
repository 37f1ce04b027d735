// SPDX-License-Identifier: Apache-2.0
// What adapting saves on the test pictures, and whether it keeps its promise there.
#include <algorithm>

#include "base/try.h"
#include "demo/comparison.h"
#include "numbers/number.h"

namespace rheo::numbers {

namespace {

constexpr int kBatch = 8;
constexpr int kBatchRounds = 600;

double per_request(const std::vector<double>& a, const std::vector<double>& b) { return demo::mean(a) + demo::mean(b); }

}  // namespace

Status measure_adaptive(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const demo::Comparison comparison, demo::compare(sources, -1));
  const demo::Row& adaptive = comparison.rows[comparison.adaptive];
  const demo::Row& single = comparison.rows[comparison.single];
  const demo::Row& reference = comparison.rows[comparison.reference];
  const demo::Run& run = comparison.runs[comparison.adaptive];
  const auto& certificate = comparison.contenders[comparison.adaptive].engine.certificate();
  const auto promised = [&](LossKind loss) { return certificate ? certificate->limit_of(loss) : 0; };

  numbers.push_back({"adaptive_vs_single",
                     "adaptive mean latency against the fastest certified single path (" +
                         single.shares.begin()->first + "), batch 1",
                     adaptive.mean_us / single.mean_us, "x", 0.45});
  RHEO_ASSIGN_OR_RETURN(const std::vector<demo::Contender> batched, demo::open_contenders(sources, {1, kBatch}));
  RHEO_ASSIGN_OR_RETURN(const std::vector<double> batched_us,
                        demo::batched_us(batched, comparison.pictures, kBatch, kBatchRounds));
  numbers.push_back({"adaptive_vs_single_b8", "the same at batch 8 with compaction",
                     batched_us[comparison.adaptive] / batched_us[comparison.single], "x", 0.45});
  numbers.push_back({"adaptive_vs_reference", "adaptive mean latency against the reference f32 path, batch 1",
                     adaptive.mean_us / reference.mean_us, "x", 0.2});
  numbers.push_back({"test_disagreement", "answers unlike the reference path's on the test pictures",
                     1 - adaptive.agreement, "share", promised(LossKind::disagreement)});
  numbers.push_back({"test_accuracy_drop",
                     "accuracy of the reference path minus that of the adaptive one on the test pictures",
                     reference.accuracy - adaptive.accuracy, "share", promised(LossKind::accuracy_drop)});
  const double thinking_us = per_request(run.deciding_us, run.statistics_us);
  numbers.push_back({"decide_vs_reference", "statistics, estimating and deciding against the reference path",
                     thinking_us / reference.mean_us, "x", 0.01});
  numbers.push_back({"decide_vs_adaptive", "statistics, estimating and deciding against the adaptive mean",
                     thinking_us / adaptive.mean_us, "x", 0.05});
  return {};
}

}  // namespace rheo::numbers
