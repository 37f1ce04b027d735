// SPDX-License-Identifier: Apache-2.0
// Puts a plan on memory: where its slots lie in an arena, and its kernels bound to them. Frames and measurements use
// it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <rheo/status.h>

#include "plan/plan.h"

namespace rheo {

struct ArenaDeleter {
  void operator()(std::byte* memory) const;
};
using Arena = std::unique_ptr<std::byte, ArenaDeleter>;

// At least `size_bytes` zeroed bytes, aligned to Tensor::kAlignment. resource_exhausted when memory is short.
Result<Arena> allocate_arena(std::size_t size_bytes);

// Address of a slot: in `arena`, at its constant, or null when absent.
std::byte* slot_address(const Plan& plan, int slot, std::byte* arena);

// Every op of the plan bound to `arena`, in order. The arena must outlive the result.
Result<std::vector<std::unique_ptr<BoundKernel>>> bind_ops(const Plan& plan, std::byte* arena);

}  // namespace rheo
