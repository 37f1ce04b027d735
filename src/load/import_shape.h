// SPDX-License-Identifier: Apache-2.0
// Shapes that a model calculates, for each trial batch size (import_value.h): what they say of the batch, and values
// brought to them. Shared by the lowerings of all formats.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <rheo/status.h>

#include "load/import_call.h"

namespace rheo {

// A shape as a model computes it.
using Sizes = PerTrial<std::vector<std::int64_t>>;

// One shape with the batch open, from what it is in each trial.
Result<Shape> merged_shape(ImportCall& call, const Sizes& sizes);
// `value` with the dimensions `target`, of which one may be -1: what is left.
Result<ImportValue> reshaped(ImportCall& call, ImportValue& value, Sizes target);
// Repeated along dimensions of 1 until it has the shape `target`.
Result<ImportValue> expanded(ImportCall& call, ImportValue& value, const Sizes& target);
// `count` sizes of `value` from dimension `start` on, as integers of `shape`.
Result<ImportValue> sizes_of(ImportCall& call, const ImportValue& value, std::size_t start, std::size_t count,
                             const Shape& shape);

}  // namespace rheo
