// SPDX-License-Identifier: Apache-2.0
// Activation ranges: which numbers every value of a graph takes on calibration inputs. The int8 transform needs them.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>

#include <rheo/status.h>

#include "graph/ranges.h"
#include "load/dataset.h"
#include "plan/plan.h"

namespace rheo {

// Runs the f32 `plan` (batch 1) on the given items and takes the smallest and largest element of every computed value
// and input. An outlier rule keeps the scale tight: the range covers the `coverage` quantile of the per-item extremes.
Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                std::span<const int> items, double coverage, const std::stop_token& stop);

}  // namespace rheo
