// SPDX-License-Identifier: Apache-2.0
// `CalibratedEstimator`: logistic models, fitted on the tuning split, that say for every path how likely its answer is
// the reference's. Before any step from the input's statistics; after a step from what that step showed and whether
// it agrees with the steps before.
//
// Immutable after construction; `estimate` takes about a hundred nanoseconds for a dozen paths.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <rheo/estimator.h>
#include <rheo/status.h>

namespace rheo {

// The fitted numbers, as plain data.
struct CalibratedModel {
  static constexpr std::size_t kStartFeatures = 9;  // 1, the standardised statistics, their squares
  static constexpr std::size_t kStepFeatures = 16;  // see features.h
  static constexpr int kMaxClasses = 4096;

  int paths = 0;
  int classes = 0;
  // Statistics are standardised: (value - mean) * scale, cut to +-kLargestDeviation.
  static constexpr float kLargestDeviation = 4;
  std::array<float, InputStatistics::kCount> statistics_mean{};
  std::array<float, InputStatistics::kCount> statistics_scale{};
  std::vector<float> start;  // [kStartFeatures, paths]: log odds of agreement before any step
  std::vector<float> step;   // [paths, kStepFeatures, paths]: after a step of path i, log odds of path j
  // Added to the log odds of path i's own answer, by that answer: some classes are confused more than others.
  std::vector<float> answer_offset;  // [paths, classes]
  // When path i contradicts the answer of earlier path k and is wrong: how often k was right. In [0, 1].
  std::vector<float> rescue;  // [paths (i), paths (k)]
};

// Checks sizes and that all numbers are finite.
Result<std::shared_ptr<const Estimator>> make_calibrated_estimator(CalibratedModel model);

class CalibratedEstimator final : public Estimator {
 public:
  // Takes a checked model; make it with make_calibrated_estimator.
  explicit CalibratedEstimator(CalibratedModel model) : model_(std::move(model)) {}

  // score is 1 minus the agreement of the cheapest path before any step, of the best evidence after one.
  Complexity estimate(const Observation& observation) const override;
  std::string_view name() const override { return "calibrated"; }

  const CalibratedModel& model() const { return model_; }

 private:
  const CalibratedModel model_;
};

}  // namespace rheo
