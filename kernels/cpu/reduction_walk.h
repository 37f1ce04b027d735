// SPDX-License-Identifier: Apache-2.0
// How a value is gone through when some of its dimensions become one element: blocks of results, and for each block
// matrices of elements that join them. Shared by the reductions and by argmax and argmin.
#pragma once

#include <algorithm>
#include <array>

#include "kernels/cpu/strided.h"

namespace rheo {

struct ReductionWalk {
  // Results that are computed together; their totals lie on the stack.
  static constexpr std::int64_t kMostResults = 512;

  Walk kept;                          // over the results; operand 0 is x, operand 1 is y
  Walk reduced;                       // over the elements of one result; operand 0 is x
  std::int64_t block = kMostResults;  // results per part, at most
  std::int64_t blocks = 1;            // parts that one run of `kept` falls into
  std::int64_t parts() const { return kept.runs() * blocks; }

  // Neighbouring results lie next to each other in x, so that columns are joined; otherwise rows are.
  bool joins_columns() const { return kept.inner_size() > 1 && kept.inner_stride(0) == 1; }

  // Calls body(first element of x, first element of y, results) for parts [begin, end).
  template <typename F>
  void for_each_part(std::int64_t begin, std::int64_t end, F&& body) const {
    for (std::int64_t part = begin; part < end; ++part) {
      const std::int64_t first = part % blocks * block;
      kept.for_each_run(part / blocks, part / blocks + 1, [&](const auto& at) {
        body(at[0] + first * kept.inner_stride(0), at[1] + first * kept.inner_stride(1),
             std::min(block, kept.inner_size() - first));
      });
    }
  }
};

// `y` is x without the reduced dimensions, or with 1 in their place if keep_dims. Plain and nhwc.
ReductionWalk make_reduction_walk(const Operand& x, const Operand& y,
                                  const std::array<bool, Shape::kMaxRank>& is_reduced, bool keep_dims, int threads);

// Puts `count` dense elements of `element_size` bytes at `from` where the results of a part belong.
void place_results(const ReductionWalk& walk, std::size_t element_size, const void* from, std::byte* to,
                   std::int64_t count);

}  // namespace rheo
