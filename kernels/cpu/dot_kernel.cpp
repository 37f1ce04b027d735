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
// Pixels of a panel take about this much of the first cache while all blocks of channels go over them.
constexpr std::int64_t kPanelBytes = 8 * 1024;

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
  std::int64_t panel_pixels = 0;                  // 0: tiles are cut by regions; else pixels of a tile, see is_flat
  bool by_lines = false;                          // a tile is a line of its region, of any length
  int chunks = 1;

  const std::int32_t* start_of(const DotRegion& region) const {
    const std::size_t index = starts.size() == 1 ? 0 : static_cast<std::size_t>(&region - regions.data());
    return starts[index].data();
  }
  std::int64_t units() const { return tiles * blocks * read.shape.groups; }
};

// True where every pixel of the result is made of the one at its place, and pixels lie side by side: the product of two
// matrices, whatever its pictures look like.
bool is_flat(const DotPlan& plan) {
  const Conv2dShape& shape = plan.read.shape;
  return !plan.source.copies() && shape.kernel_height == 1 && shape.kernel_width == 1 && shape.stride_height == 1 &&
         shape.stride_width == 1 && shape.groups == 1;
}

std::int64_t panel_pixels(const DotPlan& plan) {
  const std::int64_t pixel_bytes =
      plan.read.shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.dot.element));
  const std::int64_t tile = plan.dot.tile_pixels;
  return std::max(kPanelBytes / pixel_bytes / tile, std::int64_t{2}) * tile;
}

// Products of a flat plan: `pixels` pixels from `x` on with one block of output channels, to rows from `output` on.
void compute_panel(const DotPlan& plan, const std::byte* x, std::int64_t pixels, std::int64_t block,
                   std::int64_t output, const Finish& finish) {
  const Conv2dShape& shape = plan.read.shape;
  RunCall run;
  run.pixels = x;
  run.pixel_bytes = shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.dot.element));
  run.output = output;
  run.count = pixels;
  run.tile.first_channel = block * plan.dot.block_channels;
  run.tile.channels =
      static_cast<int>(std::min<std::int64_t>(plan.dot.block_channels, shape.out_channels - run.tile.first_channel));
  run.tile.channel_stride = shape.out_channels;
  run.tile.weights = plan.pack->weights.get() + static_cast<std::size_t>(block) * plan.pack->block_bytes;
  run.tile.start = plan.starts[0].data() + run.tile.first_channel;
  run.tile.segment_offsets = plan.segment_offsets.data();
  run.tile.segments = plan.segments.count;
  run.tile.steps = plan.segments.steps;
  plan.dot.run(run, finish);
}

// All of it: `pixels` pixels from `x` on, panel by panel while the weights stay in the cache, else block by block.
void compute_flat(const DotPlan& plan, const std::byte* x, std::int64_t pixels, std::int64_t begin, std::int64_t end,
                  const Finish& finish) {
  const std::int64_t pixel_bytes =
      plan.read.shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.dot.element));
  const std::int64_t panels = (pixels + plan.panel_pixels - 1) / plan.panel_pixels;
  for (std::int64_t unit = begin; unit < end; ++unit) {
    const std::int64_t panel = plan.blocks_first ? unit / plan.blocks : unit % panels;
    const std::int64_t block = plan.blocks_first ? unit % plan.blocks : unit / panels;
    const std::int64_t first = panel * plan.panel_pixels;
    compute_panel(plan, x + first * pixel_bytes, std::min(plan.panel_pixels, pixels - first), block, first, finish);
  }
}

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
    if (plan.panel_pixels > 0) return compute_flat(plan, source, plan.read.shape.out_pixels(), begin, end, finish_);
    TileCall call;
    call.channel_stride = plan.read.shape.out_channels;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      const std::int64_t in_group = unit % (plan.tiles * plan.blocks);
      const std::int64_t group = unit / (plan.tiles * plan.blocks);
      const std::int64_t tile = plan.blocks_first ? in_group / plan.blocks : in_group % plan.tiles;
      const std::int64_t block = plan.blocks_first ? in_group % plan.blocks : in_group / plan.tiles;
      const DotRegion& region = *std::find_if(plan.regions.begin(), plan.regions.end(),
                                              [tile](const DotRegion& r) { return tile < r.first_tile + r.tiles; });
      if (plan.by_lines) {
        compute_line(source, region, group, block, tile - region.first_tile);
        continue;
      }
      set_weights(region, group, block, call);
      set_pixels(source, region, group, tile - region.first_tile, call);
      plan.dot.tile(call, finish_);
    }
  }

  void compute_line(const std::byte* source, const DotRegion& region, std::int64_t group, std::int64_t block,
                    std::int64_t line) const {
    const Conv2dShape& shape = plan_->read.shape;
    RunCall run;
    run.tile.channel_stride = shape.out_channels;
    set_weights(region, group, block, run.tile);
    run.tile.pixel_count = 1;
    plan_->source.locate(source, group, region, line * region.width, run.tile);
    run.pixels = run.tile.pixels[0];
    run.output = run.tile.outputs[0];
    run.pixel_bytes =
        shape.stride_width * shape.in_channels * static_cast<std::int64_t>(size_bytes(plan_->dot.element));
    run.count = region.width;
    plan_->dot.run(run, finish_);
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

class FlatRows : public RowKernel {
 public:
  explicit FlatRows(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)) {}
  RowRange reads(RowRange rows) const override { return rows; }
  void compute(const RowCall& call) const override {
    const DotPlan& plan = *plan_;
    const Conv2dShape& shape = plan.read.shape;
    const std::int64_t in_row = shape.in_width * shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.read.x));
    const std::int64_t skipped = (call.rows.begin - call.output_first) * shape.out_width * shape.out_channels;
    const std::byte* residual =
        call.residual == nullptr ? nullptr
                                 : call.residual + skipped * static_cast<std::int64_t>(size_bytes(plan.read.residual));
    std::byte* output = call.output + skipped * static_cast<std::int64_t>(size_bytes(plan.read.output));
    const std::int64_t pixels = call.rows.count() * shape.out_width;
    const std::int64_t panels = (pixels + plan.panel_pixels - 1) / plan.panel_pixels;
    compute_flat(plan, call.input + (call.rows.begin - call.input_first) * in_row, pixels, 0, panels * plan.blocks,
                 finish_of(plan.read, plan.channel, residual, output));
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
};

class DotKernel : public Kernel {
 public:
  explicit DotKernel(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)), rows_(plan_) {}
  std::string implementation() const override { return plan_->dot.name; }
  std::size_t scratch_bytes() const override { return plan_->source.scratch_bytes(); }
  const RowKernel* by_rows() const override { return plan_->panel_pixels > 0 ? &rows_ : nullptr; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDot>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
  FlatRows rows_;
};

const DotLoops& dot_loops(const Conv2dRequest& read, Isa isa) {
  if (is_8bit(read.x)) {
    if (!sums_fit_32_bits(read)) return loops_for(isa).dot_wide;
    if (isa >= Isa::avx512_vnni) return dot_vnni();
  }
  if (read.x == DType::bf16 && isa >= Isa::avx512_vnni_bf16) return dot_bf16();
  return loops_for(isa).dot_f32;
}

// Lines that hold several tiles are their own units: the tiles of one need to be located once.
void cut_by_lines(DotPlan& plan) {
  constexpr int kWorthwhileTiles = 4;
  for (const DotRegion& region : plan.regions) {
    if (region.width < kWorthwhileTiles * plan.dot.tile_pixels) return;
  }
  plan.by_lines = true;
  std::int64_t first = 0;
  for (DotRegion& region : plan.regions) {
    region.first_tile = first;
    region.tiles = plan.read.shape.batch * region.height;
    first += region.tiles;
  }
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
  cut_by_lines(*plan);
  plan->tiles = plan->regions.back().first_tile + plan->regions.back().tiles;
  if (is_flat(*plan)) {
    plan->panel_pixels = panel_pixels(*plan);
    plan->tiles = (shape.out_pixels() + plan->panel_pixels - 1) / plan->panel_pixels;
  }
  plan->blocks_first = plan->pack->group_bytes <= kCachedWeights;
  plan->chunks = chunks_for(request.threads);
  return std::unique_ptr<Kernel>(std::make_unique<DotKernel>(std::move(plan)));
}

}  // namespace rheo
