// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_reductions_test.cpp.
#include "kernels/cpu/reduction_walk.h"

#include "kernels/cpu/move.h"
#include "kernels/cpu/share.h"

namespace rheo {

ReductionWalk make_reduction_walk(const Operand& x, const Operand& y,
                                  const std::array<bool, Shape::kMaxRank>& is_reduced, bool keep_dims, int threads) {
  const Shape source = strides_of(x.type->shape, x.layout);
  const Shape own = strides_of(y.type->shape, y.layout);
  Shape kept = x.type->shape;
  Shape reduced = x.type->shape;
  Shape target = x.type->shape;  // strides of y along the dimensions of x
  std::size_t next = 0;
  for (std::size_t dim = 0; dim < kept.rank(); ++dim) {
    (is_reduced[dim] ? kept : reduced)[dim] = 1;
    target[dim] = is_reduced[dim] ? 0 : own[next];
    if (!is_reduced[dim] || keep_dims) ++next;
  }
  ReductionWalk walk;
  walk.kept = make_walk(kept, {source, target, target});
  walk.reduced = make_walk(reduced, {source, source, source});
  // Few runs are cut finely enough that every thread gets its share of each.
  const std::int64_t results = walk.kept.inner_size();
  const std::int64_t share = (results + chunks_for(threads) - 1) / chunks_for(threads);
  const std::int64_t wanted = walk.kept.runs() >= chunks_for(threads) ? results : std::max<std::int64_t>(share, 16);
  walk.block = std::clamp<std::int64_t>(wanted, 1, ReductionWalk::kMostResults);
  walk.blocks = (results + walk.block - 1) / walk.block;
  return walk;
}

void place_results(const ReductionWalk& walk, std::size_t element_size, const void* from, std::byte* to,
                   std::int64_t count) {
  Walk run;
  run.rank = 1;
  run.sizes[0] = count;
  run.strides[0][0] = walk.kept.inner_stride(1);
  run.strides[1][0] = 1;
  move_elements(run, element_size, static_cast<const std::byte*>(from), to, 0, 1);
}

}  // namespace rheo
