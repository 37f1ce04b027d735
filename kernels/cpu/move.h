// SPDX-License-Identifier: Apache-2.0
// Copies elements of any type from one place to another, dimension by dimension: what concat, slice, transpose and
// depth_to_space do.
#pragma once

#include "kernels/cpu/strided.h"

namespace rheo {

// Runs [begin, end) of the walk; operand 0 is the target, operand 1 the source. `element_size` in bytes: 1, 2, 4 or 8.
void move_elements(const Walk& walk, std::size_t element_size, const std::byte* from, std::byte* to, std::int64_t begin,
                   std::int64_t end);

}  // namespace rheo
