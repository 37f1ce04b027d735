// SPDX-License-Identifier: Apache-2.0
// `CalibratedEstimator`: logistic models, fitted on the tuning half, that say for every path how likely its answer is
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

// The fitted numbers, as plain data. Features are those of features.h.
struct CalibratedModel {
  static constexpr std::size_t kFeatures = 16;
  static constexpr int kMaxClasses = 4096;
  // Statistics are standardised: (value - mean) * scale, cut to +-kLargestDeviation.
  static constexpr float kLargestDeviation = 4;

  int paths = 0;
  int classes = 0;
  std::array<float, InputStatistics::kCount> statistics_mean{};
  std::array<float, InputStatistics::kCount> statistics_scale{};
  // Log odds of agreement before any step. [paths, kFeatures]
  std::vector<float> start;
  // After a step of path i with path k before it (k == i: none), log odds that the answer of i is the reference's.
  std::vector<float> own;  // [paths (i), paths (k), kFeatures]
  // Added to these, by the answer: some classes are confused more than others.
  std::vector<float> answer_offset;  // [paths (i), classes]
  // After a step of path i, log odds of the deeper path j. Empty: deeper paths are taken to be as right as this one.
  std::vector<float> deeper;  // [paths (i), paths (j), kFeatures]
  // When path i contradicts the answer of earlier path k and is wrong: how often k was right. In [0, 1].
  std::vector<float> rescue;  // [paths (i), paths (k)]
};

// Checks sizes and that all numbers are finite.
Result<std::shared_ptr<const Estimator>> make_calibrated_estimator(CalibratedModel model);

class CalibratedEstimator final : public Estimator {
 public:
  // Takes a checked model; make it with make_calibrated_estimator.
  explicit CalibratedEstimator(CalibratedModel model);

  // score is 1 minus the agreement of the cheapest path before any step, of the best evidence after one.
  Complexity estimate(const Observation& observation) const override;
  std::string_view name() const override { return "calibrated"; }

  const CalibratedModel& model() const { return model_; }

 private:
  // A matrix of weights with the paths of one feature side by side, padded to whole vectors.
  using Interleaved = std::vector<float>;  // [kFeatures, padded paths]
  void before_any_step(const Observation& observation, Complexity& complexity) const;
  void after_a_step(const Observation& observation, Complexity& complexity) const;

  const CalibratedModel model_;
  const std::size_t paths_;
  const std::size_t padded_;  // paths, rounded up to whole vectors
  Interleaved start_;
  std::vector<Interleaved> deeper_;  // [paths], or empty
};

}  // namespace rheo
