// SPDX-License-Identifier: Apache-2.0
// Which part of a kernel lies inside the picture, along one dimension.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/conv2d_shape.h"

namespace rheo {

// Consecutive output rows (or columns) for which kernel positions [first, end) lie inside the picture.
struct Band {
  std::int64_t start = 0, count = 0;
  std::int64_t first = 0, end = 0;
};

std::vector<Band> row_bands(const Conv2dShape& shape);
std::vector<Band> column_bands(const Conv2dShape& shape);

}  // namespace rheo
