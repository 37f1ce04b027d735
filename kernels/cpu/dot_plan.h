// SPDX-License-Identifier: Apache-2.0
// A convolution or linear layer by own loops as a plan: packed weights, regions and sizes, and what all of it computes.
// Const and shared once made; the kernels in dot_kernel.cpp and run_time_dot.cpp bind it to memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <rheo/status.h>

#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/dot_regions.h"
#include "kernels/cpu/dot_source.h"
#include "kernels/cpu/lanes/loops.h"

namespace rheo {

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
  std::vector<std::int32_t> starts;  // first value of 8-bit sums, out_channels + 16 each: per region, or one for all
  bool starts_by_region = false;
  std::int64_t tiles = 1, blocks = 1;  // per group
  bool blocks_first = false;           // all blocks of a tile before the next tile
  std::int64_t panel_pixels = 0;       // 0: tiles are cut by regions; else pixels of a tile, see is_flat
  bool by_lines = false;               // a tile is a line of its region, of any length
  int chunks = 1;

  std::int64_t units() const { return tiles * blocks * read.shape.groups; }
};

// `read`: of `request`, whose weights it may take in another way than they stand there.
Result<std::shared_ptr<const DotPlan>> make_dot_plan(Conv2dRequest read, const KernelRequest& request);

// What a run goes by: the numbers of the plan, or others like them.
struct DotRun {
  const std::byte* source = nullptr;  // the input, or the copy that plan.source makes of it
  const std::int32_t* starts = nullptr;
  Finish finish;
};
// Units [begin, end) of plan.units().
void compute(const DotPlan& plan, const DotRun& run, std::int64_t begin, std::int64_t end);
// Of a plan by lines: rows of one picture. run.source is the padded strip that they are made of, and run.finish begins
// with the first of them.
void compute_lines(const DotPlan& plan, const DotRun& run, RowRange rows);
// Of a plan by panels: `pixels` pixels from run.source on, panel by panel while the weights stay in the cache, else
// block by block.
void compute_flat(const DotPlan& plan, const DotRun& run, std::int64_t pixels, std::int64_t begin, std::int64_t end);

}  // namespace rheo
