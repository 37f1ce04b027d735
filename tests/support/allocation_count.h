// SPDX-License-Identifier: Apache-2.0
// Counts calls of operator new in a test program, for promises like "a run allocates nothing". Linked in only where it
// is used. Libraries the program loads are counted as well.
#pragma once

#include <cstddef>

namespace rheo::testing {

// Allocations of all threads since the program started.
std::size_t allocation_count();

// The allocation with this number from now on, counted from 1, finds no memory. 0: none does.
void fail_allocation(std::size_t from_now);

}  // namespace rheo::testing
