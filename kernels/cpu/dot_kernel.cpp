// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/dot_kernel.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/dot_regions.h"
#include "kernels/cpu/dot_source.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

// Weights up to this size stay in the second cache while every tile reads all of them.
constexpr std::size_t kCachedWeights = 512 * 1024;

// Everything that stays the same from run to run and from frame to frame.
struct DotPlan {
  Conv2dRequest read;
  DotLoops dot;
  DotSource source;
  std::shared_ptr<const DotPack> pack;
  Segments segments;
  std::vector<DotRegion> regions;
  std::vector<std::ptrdiff_t> segment_offsets;
  ChannelScales channel;
  std::vector<std::vector<std::int32_t>> starts;  // first value of 8-bit sums: per region, or one for all
  std::int64_t tiles = 1, blocks = 1;             // per group
  bool blocks_first = false;                      // all blocks of a tile before the next tile
  int chunks = 1;

  const std::int32_t* start_of(const DotRegion& region) const {
    const std::size_t index = starts.size() == 1 ? 0 : static_cast<std::size_t>(&region - regions.data());
    return starts[index].data();
  }
  std::int64_t units() const { return tiles * blocks * read.shape.groups; }
};

class BoundDot : public BoundKernel {
 public:
  BoundDot(std::shared_ptr<const DotPlan> plan, const Buffers& buffers) : plan_(std::move(plan)) {
    x_ = static_cast<const std::byte*>(buffers.inputs[0]);
    scratch_ = static_cast<std::byte*>(buffers.scratch);
    finish_ = finish_of(plan_->read, plan_->channel, buffers);
  }

  Status run(ThreadPool* pool) override {
    const DotPlan& plan = *plan_;
    const std::byte* source = x_;
    if (plan.source.copies()) {
      plan.source.copy(x_, scratch_, pool);
      source = scratch_;
    }
    share(pool, plan.chunks, plan.units(), [&](std::int64_t begin, std::int64_t end) { compute(source, begin, end); });
    return {};
  }

 private:
  // Units [begin, end) of groups x blocks x tiles.
  void compute(const std::byte* source, std::int64_t begin, std::int64_t end) const {
    const DotPlan& plan = *plan_;
    TileCall call;
    call.channel_stride = plan.read.shape.out_channels;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t in_group = unit % (plan.tiles * plan.blocks);
      const std::int64_t group = unit / (plan.tiles * plan.blocks);
      const std::int64_t tile = plan.blocks_first ? in_group / plan.blocks : in_group % plan.tiles;
      const std::int64_t block = plan.blocks_first ? in_group % plan.blocks : in_group / plan.tiles;
      const DotRegion& region = *std::find_if(plan.regions.begin(), plan.regions.end(),
                                              [tile](const DotRegion& r) { return tile < r.first_tile + r.tiles; });
      set_weights(region, group, block, call);
      set_pixels(source, region, group, tile - region.first_tile, call);
      plan.dot.tile(call, finish_);
    }
  }

  void set_weights(const DotRegion& region, std::int64_t group, std::int64_t block, TileCall& call) const {
    const DotPlan& plan = *plan_;
    const std::int64_t group_channels = plan.read.shape.out_channels / plan.read.shape.groups;
    const std::int64_t first = block * plan.dot.block_channels;
    call.first_channel = group * group_channels + first;
    call.channels = static_cast<int>(std::min<std::int64_t>(plan.dot.block_channels, group_channels - first));
    call.segment_offsets = plan.segment_offsets.data() + region.first_segment;
    call.segments = region.segments;
    call.steps = region.steps;
    call.skipped_steps = plan.segments.steps - region.steps;
    call.start = plan.start_of(region) + call.first_channel;
    const std::int64_t step_bytes = (call.channels + 15) / 16 * 64;
    const std::int64_t skipped =
        (std::int64_t{region.first_segment} * plan.segments.steps + region.first_step) * step_bytes;
    call.weights = plan.pack->weights.get() + static_cast<std::size_t>(group) * plan.pack->group_bytes +
                   static_cast<std::size_t>(block) * plan.pack->block_bytes + skipped;
  }

  void set_pixels(const std::byte* source, const DotRegion& region, std::int64_t group, std::int64_t tile,
                  TileCall& call) const {
    const std::int64_t pixels = plan_->read.shape.batch * region.height * region.width;
    const std::int64_t first = pixels * tile / region.tiles;
    call.pixel_count = static_cast<int>(pixels * (tile + 1) / region.tiles - first);
    plan_->source.locate(source, group, region, first, call);
  }

  std::shared_ptr<const DotPlan> plan_;
  const std::byte* x_;
  std::byte* scratch_;
  Finish finish_;
};

class DotKernel : public Kernel {
 public:
  explicit DotKernel(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override { return plan_->dot.name; }
  std::size_t scratch_bytes() const override { return plan_->source.scratch_bytes(); }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDot>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
};

const DotLoops& dot_loops(const Conv2dRequest& read, Isa isa) {
  if (is_8bit(read.x)) {
    if (!sums_fit_32_bits(read)) return loops_for(isa).dot_wide;
    if (isa >= Isa::avx512_vnni) return dot_vnni();
  }
  if (read.x == DType::bf16 && isa >= Isa::avx512_vnni_bf16) return dot_bf16();
  return loops_for(isa).dot_f32;
}

void set_starts(DotPlan& plan) {
  const Conv2dShape& shape = plan.read.shape;
  const int zero_point = unsigned_zero_point(plan.read);
  if (plan.dot.element != DType::u8 || zero_point == 0) {
    plan.starts.emplace_back(static_cast<std::size_t>(shape.out_channels) + 16, 0);
    return;
  }
  for (const DotRegion& region : plan.regions) {
    plan.starts.push_back(
        shift_corrections(shape, *plan.read.weights_tensor, zero_point, plan.segments, plan.dot, region));
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dot_kernel(Conv2dRequest read, const KernelRequest& request) {
  const Shape& y = request.outputs[0].type->shape;
  if (!same_bytes(y, read.output_layout, Layout::nhwc)) return refuse("The own convolution answers in nhwc only.");
  if (read.x_layout == Layout::nchw16c) return refuse("The own convolution reads nhwc or plain pictures only.");
  auto plan = std::make_shared<DotPlan>();
  plan->read = std::move(read);
  plan->dot = dot_loops(plan->read, request.isa);
  const Conv2dShape& shape = plan->read.shape;
  plan->segments = segments_of(shape, plan->dot.step);
  const Layout x_layout =
      same_bytes(request.inputs[0].type->shape, plan->read.x_layout, Layout::nhwc) ? Layout::nhwc : Layout::plain;
  plan->source = DotSource(plan->read, plan->segments, plan->dot, x_layout, loops_for(request.isa));
  plan->segment_offsets = plan->source.segment_offsets(plan->segments);
  RHEO_ASSIGN_OR_RETURN(plan->pack, dot_pack(plan->read, plan->dot, *request.weights));
  plan->channel = channel_scales(plan->read);
  const std::int64_t group_channels = shape.out_channels / shape.groups;
  plan->blocks = (group_channels + plan->dot.block_channels - 1) / plan->dot.block_channels;
  plan->regions = dot_regions(shape, plan->segments, plan->dot);
  set_starts(*plan);
  plan->tiles = plan->regions.back().first_tile + plan->regions.back().tiles;
  plan->blocks_first = plan->pack->group_bytes <= kCachedWeights;
  plan->chunks = chunks_for(request.threads);
  return std::unique_ptr<Kernel>(std::make_unique<DotKernel>(std::move(plan)));
}

}  // namespace rheo
