// SPDX-License-Identifier: Apache-2.0
// depth_to_space and space_to_depth: blocks of pixels to channels and back. Any element type; plain and nhwc.
// Tested by tests/agree/kernels_mapped_test.cpp.
#include <utility>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/move.h"
#include "kernels/cpu/refusal.h"
#include "op/rearranging.h"

namespace rheo {
namespace {

// A walk whose innermost runs are as short as a block goes along the dimension around them instead, when that is
// longer: the lines of memory that a run touches stay in the cache until its neighbours have touched them too.
Walk with_long_runs(Walk walk, std::int64_t block) {
  if (walk.rank < 2) return walk;
  const std::size_t last = walk.rank - 1;
  if (walk.sizes[last] != block || walk.sizes[last - 1] <= block) return walk;
  std::swap(walk.sizes[last], walk.sizes[last - 1]);
  for (auto& strides : walk.strides) std::swap(strides[last], strides[last - 1]);
  return walk;
}

// Copies between `spread` [batch, channels, height * block, width * block] and `folded`
// [batch, channels * block * block, height, width], of which one is the input of the request, the other its output.
Result<std::unique_ptr<Kernel>> make_block_kernel(const KernelRequest& request, const Operand& spread,
                                                  const Operand& folded) {
  if (spread.layout == Layout::nchw16c || folded.layout == Layout::nchw16c)
    return refuse("Blocks work on plain and nhwc.");
  if (spread.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const BlockSettings settings = BlockSettings::from(*request.attributes);
  const std::int64_t block = settings.block;
  const Shape& shape = folded.type->shape;
  const std::int64_t channels = spread.type->shape[1];
  const Shape pixels = strides_of(spread.type->shape, spread.layout);
  const Shape depth = strides_of(shape, folded.layout);
  // Dimensions: batch, channel, row of blocks, row in the block, column of blocks, column in the block.
  const Shape all{shape[0], channels, shape[2], block, shape[3], block};
  const std::int64_t channel = settings.is_crd ? block * block : 1;
  const std::int64_t column = settings.is_crd ? 1 : channels;
  const Shape in_spread{pixels[0], pixels[1], block * pixels[2], pixels[2], block * pixels[3], pixels[3]};
  const Shape in_folded{depth[0], channel * depth[1], depth[2], column * block * depth[1], depth[3], column * depth[1]};
  const bool spreads = &spread == &request.outputs[0];
  const Shape& target = spreads ? in_spread : in_folded;
  const Shape& source = spreads ? in_folded : in_spread;
  const Walk walk = with_long_runs(make_walk(all, {target, source, source}), block);
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = walk.runs();
  return make_loop_kernel(std::move(loop), [walk, size = size_bytes(spread.type->dtype)](
                                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    move_elements(walk, size, static_cast<const std::byte*>(buffers.inputs[0]),
                  static_cast<std::byte*>(buffers.outputs[0]), begin, end);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_depth_to_space(const KernelRequest& request) {
  return make_block_kernel(request, request.outputs[0], request.inputs[0]);
}

Result<std::unique_ptr<Kernel>> make_own_space_to_depth(const KernelRequest& request) {
  return make_block_kernel(request, request.inputs[0], request.outputs[0]);
}

}  // namespace rheo
