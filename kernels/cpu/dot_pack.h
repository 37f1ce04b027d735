// SPDX-License-Identifier: Apache-2.0
// Weights in the order in which the register tile of lanes/tile.h reads them:
//   [group][block of output channels][segment][step][output channel, rounded up to 16][element of the step]
// A segment is a run of input elements that lie side by side in memory: a whole kernel row (width x channels) where
// nothing lies between the columns, else the channels of one kernel position. Missing elements are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/lanes/loops.h"

namespace rheo {

struct Segments {
  int count = 0;
  std::int64_t elements = 0;  // of one segment, before rounding up to whole steps
  int steps = 0;
  bool whole_rows = false;
};
Segments segments_of(const Conv2dShape& shape, int step);

struct DotPack {
  std::shared_ptr<std::byte> weights;
  std::size_t block_bytes = 0;  // of a full block; blocks lie this far apart
  std::size_t group_bytes = 0;
};

// The pack of the request's weights, and what tells it from other packs of the same tensor.
Result<WeightStore::Pack> make_dot_pack(const Conv2dRequest& request, const DotLoops& dot, WeightArena& arena);
std::string dot_key(const Conv2dShape& shape, const DotLoops& dot);

// Packs once per (tensor, layout); later plans share it.
Result<std::shared_ptr<const DotPack>> dot_pack(const Conv2dRequest& request, const DotLoops& dot, WeightStore& store);

}  // namespace rheo
