// SPDX-License-Identifier: Apache-2.0
// Activation ranges: which numbers every value of a graph takes on calibration inputs. The int8 transform needs them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/status.h>

#include "adapt/magnitudes.h"
#include "graph/ranges.h"
#include "load/dataset.h"
#include "plan/plan.h"

namespace rheo {

// One item's inputs in the order of the graph's, as Frame::set_input takes them; valid until the next call.
using ReadInputs = std::function<Result<std::span<const TensorView>>(int item)>;

// Runs the f32 `plan` (batch 1) on the given items and takes the smallest and largest element of every computed value
// and input. An outlier rule keeps the scale tight: the range covers the `coverage` quantile of the per-item extremes.
Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const ReadInputs& read,
                                std::span<const int> items, double coverage, const std::stop_token& stop);
// The same on a data set, for a model of one input.
Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                std::span<const int> items, double coverage, const std::stop_token& stop);

// The same by each of `rules`, in their order: counts on the given items how large the elements are that `largest`, the
// ranges above, enclose. What `largest` does not name has no range.
Result<std::vector<Ranges>> calibrate_ranges_by(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                                std::span<const int> items, const Ranges& largest,
                                                std::span<const RangeRule> rules, const std::stop_token& stop);

}  // namespace rheo
