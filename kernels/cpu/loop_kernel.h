// SPDX-License-Identifier: Apache-2.0
// A kernel that is one function of its buffers: all that most ops need.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace rheo {

// Computes parts [begin, end) of the outputs from the inputs. Called at the same time for other parts by other threads.
// Must not throw; holds all sizes and parameters by value.
using LoopBody = std::function<void(const Buffers&, std::int64_t begin, std::int64_t end)>;

// What must hold of the inputs before the body runs, indices in range for example. Called once per run, on one thread.
using LoopCheck = std::function<Status(const Buffers&)>;

struct LoopSettings {
  std::string implementation;
  int in_place_input = -1;
  std::size_t scratch_bytes = 0;
  std::int64_t parts = 1;  // that do not depend on each other: rows, pictures, runs of elements
  std::size_t bytes = 0;   // read and written altogether; an op that touches little stays on one thread
  int threads = 1;
  LoopCheck check = nullptr;                    // null: nothing can go wrong
  std::vector<std::size_t> copied_inputs = {};  // as Kernel::has_copied
};
// With the name of the compiled loops, the threads and the bytes of the request.
LoopSettings loop_settings(const KernelRequest& request);

std::unique_ptr<Kernel> make_loop_kernel(LoopSettings settings, LoopBody body);
// For results without elements.
std::unique_ptr<Kernel> make_empty_kernel();

// "own:avx512" and so on: which of the compiled loops a kernel uses.
std::string loops_name(Isa isa);

// Parts of a dense run of elements: whole vectors, so that splitting changes no result.
inline constexpr std::int64_t kPartElements = 1024;
inline std::int64_t parts_of(std::int64_t elements) { return (elements + kPartElements - 1) / kPartElements; }
// Where parts [begin, end) begin, and how many elements they have.
struct ElementRange {
  std::int64_t first = 0, count = 0;
};
inline ElementRange elements_of(std::int64_t begin, std::int64_t end, std::int64_t elements) {
  const std::int64_t first = begin * kPartElements;
  return {first, std::min(end * kPartElements, elements) - first};
}

}  // namespace rheo
