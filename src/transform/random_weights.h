// SPDX-License-Identifier: Apache-2.0
// Random weights of the same spread: the structure of a model without what it has learned, to time it.
#pragma once

#include <cstdint>

#include "transform/rewriter.h"

namespace rheo {

// The same graph with other constants in floating point and in 8 bits: normal with the mean and the deviation of the
// constant's own elements, and within its smallest and largest, so that what must be positive stays so. What is of one
// value throughout stays as it is, and so does what holds a value that is not finite: a scale, an epsilon or a mask is
// structure and no weight. Whole numbers of 32 and 64 bits (indices, shapes) stay too. The same seed gives the same
// weights.
Result<GraphPointer> with_random_weights(const Graph& graph, std::uint64_t seed);

}  // namespace rheo
