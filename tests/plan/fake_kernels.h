// SPDX-License-Identifier: Apache-2.0
// Kernels that compute nothing anybody would want, so that the planner can be tested without real ones. A scrambler
// fills its output with a hash of all bytes it reads and its scratch with rubbish: one overlap of memory that is still
// needed changes every later hash.
#pragma once

#include <array>

#include "plan/planner.h"

namespace rheo::testing {

// relu and add: plain or any picture layout, in place for relu (input 0) and add (input 1), with scratch.
// conv2d: "fake.blocked" takes nchw16c only, "fake.wide" takes nhwc in and out, "fake.mixed" reads nhwc and writes
// nchw16c. reorder: any.
std::span<const KernelEntry> fake_kernels();
// add, plain only, as a stand-in for the last resort.
std::span<const KernelEntry> fake_references();

inline KernelLists fake_lists() { return {fake_kernels(), fake_references()}; }

// The hash that a scrambler of `op` writes, as f32 elements of `count`.
std::vector<float> scramble(OpKind op, std::span<const std::span<const float>> inputs, std::size_t count);

}  // namespace rheo::testing
