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

// Why a comparison with this engine says nothing; empty when what it runs is certified.
std::string uncertified(const std::string& what, const Engine& engine) {
  const Status status = engine.certificate_status();
  return status.ok() ? "" : what + " is not certified: " + status.message() + " ";
}

}  // namespace

Status measure_adaptive(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const demo::Comparison comparison, demo::compare(sources));
  const demo::Row& adaptive = comparison.rows[comparison.adaptive];
  const demo::Row& single = comparison.rows[comparison.single];
  const demo::Row& reference = comparison.rows[comparison.reference];
  const demo::Run& run = comparison.runs[comparison.adaptive];
  const Engine& engine = comparison.contenders[comparison.adaptive].engine;
  const auto promised = [&](LossKind loss) { return engine.certificate() ? engine.certificate()->limit_of(loss) : 0; };
  const std::string missing = uncertified("what ships", engine);
  const std::string single_missing = uncertified("the single path", comparison.contenders[comparison.single].engine);

  numbers.push_back({.id = "adaptive_vs_single",
                     .what = "ratio of means: adaptive against the fastest certified single path (" +
                             single.shares.begin()->first + "), batch 1",
                     .value = adaptive.mean_us / single.mean_us,
                     .unit = "x",
                     .at_most = 0.45,
                     .void_because = missing + single_missing});
  numbers.push_back({.id = "adaptive_vs_reference",
                     .what = "ratio of means: adaptive against the reference f32 path, batch 1",
                     .value = adaptive.mean_us / reference.mean_us,
                     .unit = "x",
                     .at_most = 0.2,
                     .void_because = missing});
  numbers.push_back({.id = "test_disagreement",
                     .what = "answers unlike the reference path's on the test pictures, batch 1",
                     .value = 1 - adaptive.agreement,
                     .unit = "share",
                     .at_most = promised(LossKind::disagreement),
                     .timed = false,
                     .void_because = missing});
  numbers.push_back({.id = "test_accuracy_drop",
                     .what = "accuracy of the reference path minus that of the adaptive one on the test pictures",
                     .value = reference.accuracy - adaptive.accuracy,
                     .unit = "share",
                     .at_most = promised(LossKind::accuracy_drop),
                     .timed = false,
                     .void_because = missing});
  numbers.push_back({.id = "decide_vs_reference",
                     .what = "ratio of medians: statistics, estimating and deciding against the reference path",
                     .value = demo::median(run.thinking_us) / reference.median_us,
                     .unit = "x",
                     .at_most = 0.01,
                     .void_because = missing});
  numbers.push_back({.id = "decide_vs_adaptive",
                     .what = "ratio of means: statistics, estimating and deciding against the adaptive mean",
                     .value = demo::mean(run.thinking_us) / adaptive.mean_us,
                     .unit = "x",
                     .at_most = 0.05,
                     .void_because = missing});
  return {};
}

Status measure_batches(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<demo::Contender> contenders, demo::open_contenders(sources, {1, kBatch}));
  const Engine& engine = contenders.back().engine;
  const demo::Contender& single = contenders[contenders.size() - 4];
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, demo::open_test(sources));
  RHEO_ASSIGN_OR_RETURN(const std::vector<double> means,
                        demo::batched_us(contenders, pictures, kBatch, sources.rounds(kBatchRounds)));
  numbers.push_back(
      {.id = "adaptive_vs_single_b8",
       .what = "ratio of means: the same at batch 8 with compaction",
       .value = means.back() / means[means.size() - 4],
       .unit = "x",
       .at_most = 0.45,
       .void_because = uncertified("what ships", engine) + uncertified("the single path", single.engine)});
  return {};
}

}  // namespace rheo::numbers
