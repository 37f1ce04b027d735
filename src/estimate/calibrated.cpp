// SPDX-License-Identifier: Apache-2.0
#include "estimate/calibrated.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "estimate/features.h"

namespace rheo {
namespace {

// 1 / (1 + e^-x); what is not a number counts as no agreement at all.
float probability(float log_odds) {
  const float p = 1 / (1 + std::exp(-std::clamp(log_odds, -kLargestLogOdds, kLargestLogOdds)));
  return p > 0 ? p : 0;
}

// result[j] = sum over f of features[f] * weights[f, j]: the inner loop runs over paths, side by side in memory.
template <std::size_t kFeatures>
void log_odds_of_paths(const std::array<float, kFeatures>& features, const float* weights, std::size_t paths,
                       std::array<float, kMaxPaths>& result) {
  result.fill(0);
  for (std::size_t f = 0; f < kFeatures; ++f) {
    for (std::size_t j = 0; j < paths; ++j) result[j] += features[f] * weights[f * paths + j];
  }
}

}  // namespace

Complexity CalibratedEstimator::estimate(const Observation& observation) const {
  const auto paths = static_cast<std::size_t>(model_.paths);
  const EvidenceList& evidence = observation.evidence;
  const Standardised statistics = standardised(observation.statistics, model_);
  Complexity complexity;
  std::array<float, kMaxPaths> odds;
  if (evidence.empty() || !evidence.back().usable || evidence.back().path.index >= paths) {
    log_odds_of_paths(start_features(statistics), model_.start.data(), paths, odds);
    for (std::size_t j = 0; j + 1 < paths; ++j) complexity.agreement[j] = probability(odds[j]);
    // What was not finite agrees with nothing; earlier evidence keeps its word.
    for (const Evidence& seen : evidence) complexity.agreement[seen.path.index] = seen.usable ? seen.agreement : 0;
  } else {
    const Evidence& last = evidence.back();
    const std::size_t i = last.path.index;
    const StepFeatures features = step_features(statistics, last, previous_step(evidence));
    log_odds_of_paths(features, model_.step.data() + i * CalibratedModel::kStepFeatures * paths, paths, odds);
    const auto answer = static_cast<std::size_t>(last.answer);
    if (last.answer >= 0 && answer < static_cast<std::size_t>(model_.classes)) {
      odds[i] += model_.answer_offset[i * static_cast<std::size_t>(model_.classes) + answer];
    }
    for (std::size_t j = i; j + 1 < paths; ++j) complexity.agreement[j] = probability(odds[j]);
    const float word = i + 1 == paths ? 1.0f : complexity.agreement[i];
    for (const Evidence& seen : evidence) {
      const std::size_t k = seen.path.index;
      if (k == i || k >= paths) continue;
      // The same answer stands or falls together; another one is right only if this one is wrong.
      const float agreement = seen.answer == last.answer ? word : (1 - word) * model_.rescue[i * paths + k];
      complexity.agreement[k] = seen.usable ? agreement : 0;
    }
  }
  if (paths > 0) complexity.agreement[paths - 1] = 1;  // the reference agrees with itself
  float best = evidence.empty() ? complexity.agreement[0] : 0;
  for (const Evidence& seen : evidence) best = std::max(best, complexity.agreement[seen.path.index]);
  complexity.score = 1 - best;
  return complexity;
}

Result<std::shared_ptr<const Estimator>> make_calibrated_estimator(CalibratedModel model) {
  const auto paths = static_cast<std::size_t>(std::max(model.paths, 0));
  const auto classes = static_cast<std::size_t>(std::max(model.classes, 0));
  if (model.paths < 1 || paths > kMaxPaths || model.classes < 1 || model.classes > CalibratedModel::kMaxClasses) {
    return Status(StatusCode::bad_format, "A calibrated estimator is for 1 to " + std::to_string(kMaxPaths) +
                                              " paths and 1 to " + std::to_string(CalibratedModel::kMaxClasses) +
                                              " classes; got " + std::to_string(model.paths) + " and " +
                                              std::to_string(model.classes) + ".");
  }
  if (model.start.size() != CalibratedModel::kStartFeatures * paths ||
      model.step.size() != paths * CalibratedModel::kStepFeatures * paths ||
      model.answer_offset.size() != paths * classes || model.rescue.size() != paths * paths) {
    return Status(StatusCode::bad_format, "The tables of the calibrated estimator do not fit " + std::to_string(paths) +
                                              " paths and " + std::to_string(classes) +
                                              " classes; adapt the model again.");
  }
  const auto finite = [](const auto& values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  };
  const bool rescue_in_range =
      std::all_of(model.rescue.begin(), model.rescue.end(), [](float share) { return share >= 0 && share <= 1; });
  if (!finite(model.start) || !finite(model.step) || !finite(model.answer_offset) || !rescue_in_range ||
      !finite(model.statistics_mean) || !finite(model.statistics_scale)) {
    return Status(StatusCode::bad_format,
                  "The calibrated estimator holds a number out of range; adapt the model again.");
  }
  return std::shared_ptr<const Estimator>(std::make_shared<CalibratedEstimator>(std::move(model)));
}

}  // namespace rheo
