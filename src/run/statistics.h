// SPDX-License-Identifier: Apache-2.0
// Cheap facts of an input, measured before any step: what the first estimate of its complexity rests on.
#pragma once

#include <rheo/record.h>
#include <rheo/tensor.h>

#include "base/cpu.h"

namespace rheo {

// Statistics over all elements of `view` (f32, dense or strided); see record.h for the meaning of each number.
// The last two dimensions of a [batch, channels, height, width] view are pictures: neighbours are horizontal and
// vertical within one picture. With any other rank the last dimension is a picture of one row. variance is that of the
// population. The histogram of the entropy has 32 bins over [min, max].
// A NaN or infinite element makes mean and variance NaN, and entropy 0. An empty view, or one that is not f32, gives
// zeros. `isa` chooses the implementation; the same input gives the same numbers on the same isa. Allocates nothing.
// Any thread.
InputStatistics input_statistics(const TensorView& view, Isa isa);

}  // namespace rheo
