// SPDX-License-Identifier: Apache-2.0
// Where the blocks of a plan lie in its arena. Two blocks share bytes only when no op needs both.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "plan/plan.h"

namespace rheo {

// A block of memory needed from op `first` to op `last`, both included. Inputs are there before op 0: first = -1.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct Booking {
  std::vector<std::size_t> offsets;  // one per block, multiples of Tensor::kAlignment
  std::size_t total_bytes = 0;
};

// Greedy best fit, largest blocks first: each goes into the tightest gap between the blocks that live at the same time.
// limit_exceeded when more than `limit_bytes` would be needed, whatever the sizes are.
Result<Booking> book(std::span<const Lifetime> lifetimes, std::size_t limit_bytes);

// What the planner knows of a plan before its memory is booked.
struct ArenaRequest {
  std::span<PlanOp> ops;              // scratch_offset is written
  std::span<Slot> slots;              // offset of arena slots is written
  std::vector<int> block_of_slot;     // slots that are the same bytes have the same block; -1: not in the arena
  std::span<const int> input_slots;   // alive before the first op
  std::span<const int> output_slots;  // alive until the end: what is given out stays readable
  std::size_t limit_bytes = kArenaLimitBytes;
};

// Takes in-place offers of kernels where the input is not needed afterwards, then books every block. Returns the
// arena's size in bytes, or limit_exceeded with the numbers.
Result<std::size_t> book_arena(const ArenaRequest& request);

}  // namespace rheo
