// SPDX-License-Identifier: Apache-2.0
// int8 paths for a look at their speed, without adapting: ranges come from whatever inputs are at hand.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/package.h"

namespace rheo {

// `package` with int8 and bf16 paths to every exit beside those in f32. Its ranges are those of `items`, each one
// item's inputs in the order of the graph's. Time depends on neither, answers do: nobody tuned or certified them. A
// package that has int8 paths already comes back as it is.
Result<Package> with_rough_int8(Package package, std::span<const std::vector<TensorView>> items,
                                const std::stop_token& stop);

}  // namespace rheo
