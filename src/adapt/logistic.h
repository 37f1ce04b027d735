// SPDX-License-Identifier: Apache-2.0
// Logistic regression for the calibrated estimator.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace rheo {

// All models of the estimator have this many features, unused ones are 0: a fixed width lets the compiler vectorise.
inline constexpr std::size_t kLogisticFeatures = 16;
using LogisticFeatures = std::array<float, kLogisticFeatures>;

struct LogisticProblem {
  std::vector<LogisticFeatures> x;  // [examples]; feature 0 is the constant 1
  std::vector<float> y;             // [examples], 0 or 1
  std::vector<float> offset;        // [examples], log odds that are given; empty: all 0
};

// Weights of log odds = x . weights + offset, by Newton steps (iteratively reweighted least squares) on the loss with
// an L2 penalty that holds every weight but the first near 0. All finite, whatever the data. `start` saves steps when
// the answer is nearly known.
LogisticFeatures fit_logistic(const LogisticProblem& problem, double penalty, const LogisticFeatures& start = {});

}  // namespace rheo
