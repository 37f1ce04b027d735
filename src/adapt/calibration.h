// SPDX-License-Identifier: Apache-2.0
// Calibration on the tuning split: temperatures of the exits, and the logistic models of the calibrated estimator.
// The certification split must never be among `rows`.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <rheo/status.h>

#include "estimate/calibrated.h"
#include "infer/agreement_table.h"

namespace rheo {

// The temperature that makes this path's softmax say how often its answer is the reference's, by Newton steps on the
// inverse temperature (convex), in [1/20, 20]. Rows with logits that are not finite are left out.
// 1 for the reference itself.
float fit_temperature(const AgreementTable& table, PathId path, std::span<const int> rows);

// Weights of a logistic model by iteratively reweighted least squares with an L2 penalty.
struct LogisticProblem {
  std::size_t features = 0;
  std::vector<float> x;       // [examples, features], row-major
  std::vector<float> y;       // [examples], 0 or 1
  std::vector<float> offset;  // [examples], log odds that are given; empty: all 0
};
// `penalty` holds every weight but the first (the constant) near 0. Returns [features] weights, all finite.
std::vector<double> fit_logistic(const LogisticProblem& problem, double penalty);

// Fits the estimator on rows of a table whose temperatures are set. Needs at least 50 rows.
Result<CalibratedModel> fit_calibrated_model(const AgreementTable& table, std::span<const int> rows);

}  // namespace rheo
