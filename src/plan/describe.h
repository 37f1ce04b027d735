// SPDX-License-Identifier: Apache-2.0
// A plan in words that programs can read: what `inspect` prints and reports embed.
#pragma once

#include <string>

#include "plan/plan.h"

namespace rheo {

// JSON text:
//   {"batch", "threads", "isa", "arena_bytes", "weights_bytes", "layouts_changed" (count of reorders),
//    "stages": [{"exit", "carried_bytes", "ops": [
//      {"name", "op", "kernel", "implementation", "scratch_bytes",
//       "inputs"/"outputs": [{"value", "where": "arena"|"constant"|"absent", "dtype", "shape", "layout", "bytes"}],
//       "refusals": [{"kernel", "reason"}]}]}]}
// Shapes are logical, for the plan's batch. Any thread.
std::string describe(const Plan& plan);

}  // namespace rheo
