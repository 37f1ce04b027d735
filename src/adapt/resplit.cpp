// SPDX-License-Identifier: Apache-2.0
#include "adapt/resplit.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapt/calibration.h"
#include "adapt/tune.h"
#include "base/random.h"
#include "base/try.h"

namespace rheo {
namespace {

struct Split {
  std::span<const int> tuning;
  std::span<const int> certification;
  std::span<const int> remainder;
};

// The first inputs of a fresh shuffle are A, the next ones B.
Split shuffled(std::vector<int>& inputs, SplitMix64& random, const ResplitOptions& options) {
  for (std::size_t i = inputs.size(); i > 1; --i) std::swap(inputs[i - 1], inputs[random.next() % i]);
  const auto tuning = static_cast<std::size_t>(options.tuning_inputs);
  const auto certification = static_cast<std::size_t>(options.certification_inputs);
  const std::span<const int> all(inputs);
  return {all.first(tuning), all.subspan(tuning, certification), all.subspan(tuning + certification)};
}

Status check(const AgreementTable& table, const Ladder& ladder, const ResplitOptions& options) {
  if (ladder.size() != table.paths()) {
    return {StatusCode::invalid_argument, "The ladder has " + std::to_string(ladder.size()) +
                                              " paths, the agreement table " + std::to_string(table.paths()) + "."};
  }
  const auto inputs = static_cast<std::int64_t>(table.inputs());
  if (options.rounds < 1 || options.tuning_inputs < 1 || options.certification_inputs < 1 ||
      std::int64_t{options.tuning_inputs} + options.certification_inputs >= inputs) {
    return {StatusCode::invalid_argument,
            "Re-splitting needs at least one round, and more inputs than the two halves take; the table has " +
                std::to_string(inputs) + ", the halves take " + std::to_string(options.tuning_inputs) + " and " +
                std::to_string(options.certification_inputs) + "."};
  }
  return {};
}

// One round: tunes on A, certifies on B, counts on the remainder.
Status run_round(const AgreementTable& table, const Ladder& ladder, const Split& split, const Promise& promise,
                 const ResplitOptions& options, const CalibratedModel& start, ResplitResult& result) {
  const CalibrationOptions from_start{.deeper_paths = false, .start = &start};
  RHEO_ASSIGN_OR_RETURN(CalibratedModel model, fit_calibrated_model(table, split.tuning, from_start));
  RHEO_ASSIGN_OR_RETURN(const auto estimator, make_calibrated_estimator(std::move(model)));
  const ReplaySet tuning{table, ladder, *estimator, split.tuning};
  const ReplaySet certification{table, ladder, *estimator, split.certification};
  const ReplaySet remainder{table, ladder, *estimator, split.remainder};
  const TuneOptions tune_options = options_for(promise.max_disagreement, options.policies);
  RHEO_ASSIGN_OR_RETURN(const std::vector<TunedPolicy> list, tune_tradeoff(tuning, tune_options));

  std::vector<Losses> losses;
  const auto read = [&](int policy) -> Result<Losses> {
    RHEO_ASSIGN_OR_RETURN(Replay seen, replay(certification, *list[static_cast<std::size_t>(policy)].policy));
    losses.push_back(seen.losses);
    return std::move(seen.losses);
  };
  RHEO_ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts, certify(promise, static_cast<int>(list.size()), read));
  std::vector<double> costs_us;
  costs_us.reserve(list.size());
  for (const TunedPolicy& policy : list) costs_us.push_back(policy.tuned.cost_us);
  const int chosen = cheapest_certified(verdicts, costs_us);
  result.rounds += 1;
  if (chosen < 0) {
    result.mean_cost_us += ladder.profile(ladder.reference()).latency_us;
    return {};
  }
  RHEO_ASSIGN_OR_RETURN(const Replay rest, replay(remainder, *list[static_cast<std::size_t>(chosen)].policy));
  const std::int64_t unseen_losses = rest.losses.disagreements + losses[static_cast<std::size_t>(chosen)].disagreements;
  const std::size_t unseen = split.remainder.size() + split.certification.size();
  const bool truly = static_cast<double>(unseen_losses) > promise.max_disagreement * static_cast<double>(unseen);
  result.shipped += 1;
  result.violations += rest.disagreement > promise.max_disagreement ? 1 : 0;
  result.true_violations += truly ? 1 : 0;
  result.mean_cost_us += rest.cost_us;
  result.mean_disagreement += rest.disagreement;
  return {};
}

}  // namespace

Result<ResplitResult> resplit_study(const AgreementTable& table, const Ladder& ladder, const ResplitOptions& options) {
  RHEO_RETURN_IF_ERROR(check(table, ladder, options));
  Promise promise;
  promise.max_disagreement = options.max_disagreement;
  promise.confidence = options.confidence;
  RHEO_RETURN_IF_ERROR(check_promise(promise, options.certification_inputs, table.has_labels()));
  std::vector<int> inputs(table.inputs());
  std::iota(inputs.begin(), inputs.end(), 0);
  SplitMix64 random(options.seed);
  ResplitResult result;
  CalibratedModel start;
  for (int round = 0; round < options.rounds; ++round) {
    if (options.keep_going && !options.keep_going(round)) {
      return Status(StatusCode::cancelled, "Re-splitting was stopped after " + std::to_string(round) + " rounds.");
    }
    const Split split = shuffled(inputs, random, options);
    if (round == 0) {
      RHEO_ASSIGN_OR_RETURN(start, fit_calibrated_model(table, split.tuning, {.deeper_paths = false}));
    }
    RHEO_RETURN_IF_ERROR(run_round(table, ladder, split, promise, options, start, result));
  }
  result.mean_cost_us /= result.rounds;
  result.mean_disagreement /= std::max(1, result.shipped);
  return result;
}

}  // namespace rheo
