// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/dot_plan.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

// Weights up to this size stay in the second cache while every tile reads all of them.
constexpr std::size_t kCachedWeights = 512 * 1024;
// Pixels of a panel take about this much of the first cache while all blocks of channels go over them, and twice as
// much where the weights of a block are few.
constexpr std::int64_t kPanelBytes = 8 * 1024;
constexpr int kWideBlock = 64;

std::size_t starts_count(const DotPlan& plan) { return static_cast<std::size_t>(plan.read.shape.out_channels) + 16; }

// Of the first sums of a region.
std::size_t start_offset(const DotPlan& plan, const DotRegion& region) {
  if (!plan.starts_by_region) return 0;
  return static_cast<std::size_t>(&region - plan.regions.data()) * starts_count(plan);
}

// True where every pixel of the result is made of the one at its place, and pixels lie side by side, in x or in its
// copy: the product of two matrices, whatever its pictures look like.
bool is_flat(const DotPlan& plan) {
  const Conv2dShape& shape = plan.read.shape;
  return !shape.has_padding() && plan.segments.elements % plan.dot.step == 0 && shape.kernel_height == 1 &&
         shape.kernel_width == 1 && shape.stride_height == 1 && shape.stride_width == 1 && shape.groups == 1;
}

std::int64_t panel_pixels(const DotPlan& plan) {
  const std::int64_t pixel_bytes = plan.read.shape.in_channels * plan.dot.element_bytes();
  const std::int64_t tile = plan.dot.tile_pixels;
  const std::int64_t bytes = plan.dot.block_channels < kWideBlock ? 2 * kPanelBytes : kPanelBytes;
  return std::max(bytes / pixel_bytes / tile, std::int64_t{2}) * tile;
}

// Products of a flat plan: `pixels` pixels from `x` on with one block of output channels, to rows from `output` on.
void compute_panel(const DotPlan& plan, const DotRun& dot_run, const std::byte* x, std::int64_t pixels,
                   std::int64_t block, std::int64_t output) {
  const Conv2dShape& shape = plan.read.shape;
  RunCall run;
  run.pixels = x;
  run.pixel_bytes = shape.in_channels * plan.dot.element_bytes();
  run.output = output;
  run.count = pixels;
  run.tile.first_channel = block * plan.dot.block_channels;
  run.tile.channels =
      static_cast<int>(std::min<std::int64_t>(plan.dot.block_channels, shape.out_channels - run.tile.first_channel));
  run.tile.channel_stride = shape.out_channels;
  run.tile.weights = plan.pack->weights.get() + static_cast<std::size_t>(block) * plan.pack->block_bytes;
  run.tile.start = dot_run.starts + run.tile.first_channel;
  run.tile.segment_offsets = plan.segment_offsets.data();
  run.tile.segments = plan.segments.count;
  run.tile.steps = plan.segments.steps;
  plan.dot.run(run, dot_run.finish);
}

// Where the weights and first sums of a block lie.
void set_weights(const DotPlan& plan, const DotRun& run, const DotRegion& region, std::int64_t group,
                 std::int64_t block, TileCall& call) {
  const std::int64_t group_channels = plan.read.shape.out_channels / plan.read.shape.groups;
  const std::int64_t first = block * plan.dot.block_channels;
  call.first_channel = group * group_channels + first;
  call.channels = static_cast<int>(std::min<std::int64_t>(plan.dot.block_channels, group_channels - first));
  call.segment_offsets = plan.segment_offsets.data() + region.first_segment;
  call.segments = region.segments;
  call.steps = region.steps;
  call.skipped_steps = plan.segments.steps - region.steps;
  call.start = run.starts + start_offset(plan, region) + call.first_channel;
  const std::int64_t step_bytes = (call.channels + 15) / 16 * 64;
  const std::int64_t skipped =
      (std::int64_t{region.first_segment} * plan.segments.steps + region.first_step) * step_bytes;
  call.weights = plan.pack->weights.get() + static_cast<std::size_t>(group) * plan.pack->group_bytes +
                 static_cast<std::size_t>(block) * plan.pack->block_bytes + skipped;
}

void set_pixels(const DotPlan& plan, const DotRun& run, const DotRegion& region, std::int64_t group, std::int64_t tile,
                TileCall& call) {
  const std::int64_t pixels = plan.read.shape.batch * region.height * region.width;
  const std::int64_t first = pixels * tile / region.tiles;
  call.pixel_count = static_cast<int>(pixels * (tile + 1) / region.tiles - first);
  plan.source.locate(run.source, group, region, first, call);
}

// `above`: rows of the result before those that run.source and run.finish begin with.
void compute_line(const DotPlan& plan, const DotRun& run, const DotRegion& region, std::int64_t group,
                  std::int64_t block, std::int64_t line, std::int64_t above = 0) {
  const Conv2dShape& shape = plan.read.shape;
  RunCall line_run;
  line_run.tile.channel_stride = shape.out_channels;
  set_weights(plan, run, region, group, block, line_run.tile);
  line_run.tile.pixel_count = 1;
  DotRegion lowered = region;
  lowered.top -= above;
  plan.source.locate(run.source, group, lowered, line * region.width, line_run.tile);
  line_run.pixels = line_run.tile.pixels[0];
  line_run.output = line_run.tile.outputs[0];
  line_run.pixel_bytes = shape.stride_width * shape.in_channels * plan.dot.element_bytes();
  line_run.count = region.width;
  plan.dot.run(line_run, run.finish);
}

const DotLoops& dot_loops(const Conv2dRequest& read, Isa isa) {
  if (is_8bit(read.x)) {
    if (!sums_fit_32_bits(read)) return loops_for(isa).dot_wide;
    if (isa >= Isa::avx512_vnni) return dot_vnni();
    if (isa >= Isa::avx2) return dot_i16();
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
  plan.starts_by_region = plan.dot.element == DotElement::u8 && zero_point != 0;
  if (!plan.starts_by_region) {
    plan.starts.assign(starts_count(plan), 0);
    return;
  }
  for (const DotRegion& region : plan.regions) {
    const std::vector<std::int32_t> corrections =
        shift_corrections(shape, *plan.read.weights_tensor, zero_point, plan.segments, plan.dot, region);
    plan.starts.insert(plan.starts.end(), corrections.begin(), corrections.end());
  }
}

}  // namespace

void compute_flat(const DotPlan& plan, const DotRun& run, std::int64_t pixels, std::int64_t begin, std::int64_t end) {
  const std::int64_t pixel_bytes = plan.read.shape.in_channels * plan.dot.element_bytes();
  const std::int64_t panels = (pixels + plan.panel_pixels - 1) / plan.panel_pixels;
  for (std::int64_t unit = begin; unit < end; ++unit) {
    const std::int64_t panel = plan.blocks_first ? unit / plan.blocks : unit % panels;
    const std::int64_t block = plan.blocks_first ? unit % plan.blocks : unit / panels;
    const std::int64_t first = panel * plan.panel_pixels;
    compute_panel(plan, run, run.source + first * pixel_bytes, std::min(plan.panel_pixels, pixels - first), block,
                  first);
  }
}

void compute_lines(const DotPlan& plan, const DotRun& run, RowRange rows) {
  for (const DotRegion& region : plan.regions) {
    const std::int64_t end = std::min(rows.end, region.top + region.height);
    for (std::int64_t row = std::max(rows.begin, region.top); row < end; ++row) {
      for (std::int64_t unit = 0; unit < plan.blocks * plan.read.shape.groups; ++unit) {
        compute_line(plan, run, region, unit / plan.blocks, unit % plan.blocks, row - region.top, rows.begin);
      }
    }
  }
}

void compute(const DotPlan& plan, const DotRun& run, std::int64_t begin, std::int64_t end) {
  if (plan.panel_pixels > 0) return compute_flat(plan, run, plan.read.shape.out_pixels(), begin, end);
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
      compute_line(plan, run, region, group, block, tile - region.first_tile);
      continue;
    }
    set_weights(plan, run, region, group, block, call);
    set_pixels(plan, run, region, group, tile - region.first_tile, call);
    plan.dot.tile(call, run.finish);
  }
}

Result<std::shared_ptr<const DotPlan>> make_dot_plan(Conv2dRequest read, const KernelRequest& request) {
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
  return std::shared_ptr<const DotPlan>(std::move(plan));
}

}  // namespace rheo
