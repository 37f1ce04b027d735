// SPDX-License-Identifier: Apache-2.0
// Results in which every index along a dimension shows one index of the input along the same dimension, or a fixed
// value: expand, tile, pad and resize to the nearest element. The maps are turned into long copies once, when the
// kernel is made.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

// The index of x along dimension `dim` that `index` of the result shows; -1: the fixed value.
using ShownIndex = std::function<std::int64_t(std::size_t dim, std::int64_t index)>;

// `x`: the shape of input 0 with as many dimensions as the result. `fixed`: an element as it is stored, at the
// beginning. Any element type; both sides plain, or both nhwc.
Result<std::unique_ptr<Kernel>> make_mapped_kernel(const KernelRequest& request, const Shape& x,
                                                   const ShownIndex& shown, const std::array<std::byte, 8>& fixed = {});

}  // namespace rheo
