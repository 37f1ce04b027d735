// SPDX-License-Identifier: Apache-2.0
// Calibration on the tuning half: temperatures of the exits, and the logistic models of the calibrated estimator.
// The certification half must never be among `rows`.
#pragma once

#include <cstddef>
#include <span>

#include <rheo/status.h>

#include "estimate/calibrated.h"
#include "infer/agreement_table.h"

namespace rheo {

// The temperature that makes this path's softmax say how often its answer is the reference's, by Newton steps on the
// inverse temperature (convex), in [1/20, 20]. Rows with logits that are not finite are left out.
// 1 for the reference itself.
float fit_temperature(const AgreementTable& table, PathId path, std::span<const int> rows);

inline constexpr std::size_t kFewestCalibrationRows = 50;

struct CalibrationOptions {
  bool deeper_paths = true;  // false: say nothing of paths that were not run, which no policy of ours asks for
  const CalibratedModel* start = nullptr;  // a fit on similar rows to start from, for speed
};

// Fits the estimator on rows of a table whose temperatures are set. Needs at least kFewestCalibrationRows rows.
Result<CalibratedModel> fit_calibrated_model(const AgreementTable& table, std::span<const int> rows,
                                             const CalibrationOptions& options = {});

}  // namespace rheo
