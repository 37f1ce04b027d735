// SPDX-License-Identifier: Apache-2.0
// Counts calls of operator new in a test program, for promises like "a run allocates nothing". Linked in only where it
// is used. Libraries the program loads are counted as well.
#pragma once

#include <cstddef>

namespace rheo::testing {

// Allocations of all threads since the program started.
std::size_t allocation_count();

// From now on no allocation of at least so many bytes finds memory. SIZE_MAX: all do again.
void fail_allocations_of(std::size_t bytes);

}  // namespace rheo::testing
