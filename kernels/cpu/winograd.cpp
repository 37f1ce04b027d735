// SPDX-License-Identifier: Apache-2.0
// conv2d of 3 x 3 kernels with stride 1 by Winograd's F(4 x 4, 3 x 3) or F(2 x 2, 3 x 3), own loops:
//   U[p] = (G w G^T)[p] once; V[p] = (B^T x B)[p]; M[p] = V[p] * U[p] for 36 or 16 points p; y = activation(A^T M A +
//   bias + residual). 36 products make 16 results and 16 products 4, where a direct sum takes 144 and 36.
// The larger tile takes fewer products, but four times the memory of the weights, the smaller one less than twice it.
// Layouts: nhwc. Types: f32, or bf16 computed in f32 in between. Limits: channel counts are multiples of 16, one group,
// no dilation; refuses small outputs that a direct sum finishes with fewer products, and bf16 of many channels. About
// three bits less exact than a direct sum. Threads take tiles each, or, where there are few tiles, output channels.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>
#include <span>
#include <vector>

#include "base/checked.h"
#include "base/try.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

constexpr int kMostPoints = 36;
// What keeping a weight and reading it from memory is worth in products: at 7 x 7 both forms take about the same time,
// and the smaller one needs half the memory (resnet18, batch 1).
constexpr std::int64_t kProductsPerWeight = 8;
// V and M of the tiles in one round together; they should stay in the second cache beside the weights passing by.
constexpr std::int64_t kRoundBytes = 512 * 1024;
constexpr std::int64_t kFewestTiles = 24;
constexpr std::int64_t kLotTiles = 8;  // fewest tiles of a lot; fewer would spend their time on reading weights
// The points of one tile lie this much further apart than they must, so that they do not share cache sets.
constexpr std::int64_t kGap = 16;

// Measured: at 128 channels Winograd in f32 still beats direct products of bf16, at 256 it does not.
constexpr std::int64_t kMostBf16Channels = 128;
// Of a picture. Measured with 64 channels against direct products of bf16: 0.9 of their time at 14 x 14, 1.6 at 7 x 7.
constexpr std::int64_t kFewestBf16Tiles = 16;

// What one thread does, through all three phases: some tiles for all output channels, or all tiles for some blocks of
// them. Lots share nothing that is written, and no thread waits for another between the phases.
struct Lot {
  std::int64_t first_tile = 0, end_tile = 0;
  std::int64_t first_block = 0, end_block = 0;
};

struct WinogradPlan {
  Conv2dRequest read;
  ChannelScales channel;
  const Loops* loops = nullptr;
  const WinogradLoops* form = nullptr;       // one of theirs
  std::shared_ptr<const std::byte> weights;  // [block of output channels][point][input channel][channel of block]
  std::vector<float> zeros;                  // one pixel of padding
  std::int64_t tile_rows = 0, tile_columns = 0, tiles = 0;  // tiles: of the whole batch
  std::int64_t round_tiles = 0;
  std::int64_t block_channels = 0;  // of the packed weights
  std::vector<Lot> lots;

  std::int64_t points() const { return (form->tile + 2) * (form->tile + 2); }
  std::int64_t input_stride() const { return round_tiles * read.shape.in_channels + kGap; }
  std::int64_t output_stride() const { return round_tiles * read.shape.out_channels + kGap; }
  std::int64_t lot_elements() const { return points() * (input_stride() + output_stride()); }
};

class BoundWinograd : public BoundKernel {
 public:
  BoundWinograd(std::shared_ptr<const WinogradPlan> plan, const Buffers& buffers)
      : plan_(std::move(plan)),
        x_(static_cast<const std::byte*>(buffers.inputs[0])),
        scratch_(static_cast<float*>(buffers.scratch)),
        finish_(finish_of(plan_->read, plan_->channel, buffers)) {}

  Status run(ThreadPool* pool) override {
    const std::int64_t lots = std::ssize(plan_->lots);
    share(pool, static_cast<int>(lots), lots, [this](std::int64_t begin, std::int64_t end) {
      for (std::int64_t lot = begin; lot < end; ++lot) run_lot(lot);
    });
    return {};
  }

 private:
  // Tiles that go through the three phases together, and their V and M.
  struct Round {
    std::int64_t first = 0, count = 0;
    float* transformed = nullptr;  // V: [point][tile of the round][input channel]
    float* products = nullptr;     // M: [point][tile of the round][output channel]
  };

  void run_lot(std::int64_t index) {
    const WinogradPlan& plan = *plan_;
    const Lot& lot = plan.lots[static_cast<std::size_t>(index)];
    Round round;
    round.transformed = scratch_ + index * plan.lot_elements();
    round.products = round.transformed + plan.points() * plan.input_stride();
    for (round.first = lot.first_tile; round.first < lot.end_tile; round.first += round.count) {
      round.count = std::min(plan.round_tiles, lot.end_tile - round.first);
      for (std::int64_t tile = 0; tile < round.count; ++tile) transform_input(round, tile);
      // The weights of one block lie side by side, so that a lot reads one long run of them.
      for (std::int64_t block = lot.first_block; block < lot.end_block; ++block) {
        for (std::int64_t point = 0; point < plan.points(); ++point) multiply(round, point, block);
      }
      for (std::int64_t tile = 0; tile < round.count; ++tile) transform_output(round, tile, lot);
    }
  }

  struct Place {
    std::int64_t image, top, left;  // of the tile, in output pixels
  };
  Place place_of(std::int64_t tile) const {
    const std::int64_t per_image = plan_->tile_rows * plan_->tile_columns;
    const std::int64_t in_image = tile % per_image;
    const std::int64_t side = plan_->form->tile;
    return {tile / per_image, in_image / plan_->tile_columns * side, in_image % plan_->tile_columns * side};
  }

  // `tile`: of the round.
  void transform_input(const Round& round, std::int64_t tile) const {
    const Conv2dShape& shape = plan_->read.shape;
    const Place place = place_of(round.first + tile);
    const std::int64_t side = plan_->form->tile + 2;
    const auto* zeros = reinterpret_cast<const std::byte*>(plan_->zeros.data());
    WinogradPatch patch;
    patch.dtype = plan_->read.x;
    patch.channels = shape.in_channels;
    const std::int64_t pixel_bytes = shape.in_channels * static_cast<std::int64_t>(size_bytes(patch.dtype));
    for (std::int64_t row = 0; row < side; ++row) {
      const std::int64_t y = place.top + row - shape.pad_top;
      for (std::int64_t column = 0; column < side; ++column) {
        const std::int64_t x = place.left + column - shape.pad_left;
        const bool inside = y >= 0 && y < shape.in_height && x >= 0 && x < shape.in_width;
        const std::int64_t pixel = (place.image * shape.in_height + y) * shape.in_width + x;
        patch.pixels[row * side + column] = inside ? x_ + pixel * pixel_bytes : zeros;
      }
    }
    plan_->form->input(patch, round.transformed + tile * shape.in_channels, plan_->input_stride());
  }

  // One point and one block of output channels, for all tiles of the round.
  void multiply(const Round& round, std::int64_t point, std::int64_t block) const {
    static constexpr std::ptrdiff_t kFromTheStart = 0;
    const Conv2dShape& shape = plan_->read.shape;
    const DotLoops& dot = plan_->loops->dot_f32;
    const std::int64_t first_channel = block * plan_->block_channels;
    TileCall call;
    const std::int64_t width = std::min(plan_->block_channels, shape.out_channels - first_channel);
    call.weights = plan_->weights.get() + (plan_->points() * first_channel + point * width) * shape.in_channels *
                                              static_cast<std::int64_t>(sizeof(float));
    call.segment_offsets = &kFromTheStart;
    call.segments = 1;
    call.steps = static_cast<int>(shape.in_channels);
    call.first_channel = first_channel;
    call.channels = static_cast<int>(width);
    call.channel_stride = shape.out_channels;
    Finish finish;
    finish.output = round.products + point * plan_->output_stride();
    const float* rows = round.transformed + point * plan_->input_stride();
    // Even shares, so that no call is left with a single row.
    const std::int64_t calls = (round.count + dot.tile_pixels - 1) / dot.tile_pixels;
    for (std::int64_t i = 0; i < calls; ++i) {
      const std::int64_t first = round.count * i / calls;
      call.pixel_count = static_cast<int>(round.count * (i + 1) / calls - first);
      for (int p = 0; p < call.pixel_count; ++p) {
        call.pixels[p] = reinterpret_cast<const std::byte*>(rows + (first + p) * shape.in_channels);
        call.outputs[p] = first + p;
      }
      dot.tile(call, finish);
    }
  }

  void transform_output(const Round& round, std::int64_t tile, const Lot& lot) const {
    const Conv2dShape& shape = plan_->read.shape;
    const Place place = place_of(round.first + tile);
    WinogradTile out;
    out.first_channel = lot.first_block * plan_->block_channels;
    out.end_channel = std::min(lot.end_block * plan_->block_channels, shape.out_channels);
    out.pixel_stride = shape.out_channels;
    out.row_stride = shape.out_width * shape.out_channels;
    out.first = ((place.image * shape.out_height + place.top) * shape.out_width + place.left) * shape.out_channels;
    const std::int64_t side = plan_->form->tile;
    out.rows = static_cast<int>(std::min(side, shape.out_height - place.top));
    out.columns = static_cast<int>(std::min(side, shape.out_width - place.left));
    plan_->form->output(round.products + tile * shape.out_channels, plan_->output_stride(), out, finish_);
  }

  std::shared_ptr<const WinogradPlan> plan_;
  const std::byte* x_;
  float* scratch_;  // V and M of every lot's round
  Finish finish_;
};

class WinogradKernel : public Kernel {
 public:
  WinogradKernel(std::shared_ptr<const WinogradPlan> plan, std::string name)
      : plan_(std::move(plan)), name_(std::move(name)) {}
  std::string implementation() const override { return name_; }
  std::size_t scratch_bytes() const override {
    return plan_->lots.size() * static_cast<std::size_t>(plan_->lot_elements()) * sizeof(float);
  }
  bool has_copied(std::size_t input) const override { return input == kWeightsInput; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundWinograd>(plan_, buffers));
  }

 private:
  std::shared_ptr<const WinogradPlan> plan_;
  std::string name_;
};

// G of F(4 x 4, 3 x 3) and of F(2 x 2, 3 x 3).
constexpr double kG4[6][3] = {{1.0 / 4, 0, 0},
                              {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                              {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                              {1.0 / 24, 1.0 / 12, 1.0 / 6},
                              {1.0 / 24, -1.0 / 12, 1.0 / 6},
                              {0, 0, 1}};
constexpr double kG2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

// The points of one 3 x 3 kernel, in double, because the factors are no short binary fractions.
void transform_weights(std::span<const double[3]> g, const float* kernel, float* points) {
  const std::size_t side = g.size();
  double rows[6][3];
  for (std::size_t i = 0; i < side; ++i) {
    for (int x = 0; x < 3; ++x) {
      rows[i][x] = 0;
      for (int y = 0; y < 3; ++y) rows[i][x] += g[i][y] * static_cast<double>(kernel[y * 3 + x]);
    }
  }
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t j = 0; j < side; ++j) {
      double sum = 0;
      for (int x = 0; x < 3; ++x) sum += rows[i][x] * g[j][x];
      points[i * side + j] = static_cast<float>(sum);
    }
  }
}

// All points of one block of output channels. A row of it is written whole, so that no page is visited for each number.
void pack_block(const WinogradPlan& plan, std::int64_t block, float* to) {
  const std::span<const double[3]> g = plan.form->tile == 4 ? std::span<const double[3]>(kG4) : kG2;
  const std::int64_t in = plan.read.shape.in_channels;
  const std::int64_t width = std::min(plan.block_channels, plan.read.shape.out_channels - block);
  const DType dtype = plan.read.weights;
  const auto* from = static_cast<const std::byte*>(plan.read.weights_tensor->data());
  const std::int64_t kernel_bytes = 9 * static_cast<std::int64_t>(size_bytes(dtype));
  std::vector<float> points(static_cast<std::size_t>(width) * kMostPoints);
  for (std::int64_t i = 0; i < in; ++i) {
    for (std::int64_t o = 0; o < width; ++o) {
      float kernel[9];
      plan.loops->convert(from + ((block + o) * in + i) * kernel_bytes, dtype, kernel, DType::f32, 1.0F, 9);
      transform_weights(g, kernel, points.data() + o * kMostPoints);
    }
    for (std::int64_t p = 0; p < plan.points(); ++p) {
      float* row = to + (plan.points() * block + p * width) * in + i * width;
      for (std::int64_t o = 0; o < width; ++o) row[o] = points[static_cast<std::size_t>(o * kMostPoints + p)];
    }
  }
}

Result<WeightStore::Pack> pack(const WinogradPlan& plan, WeightArena& arena) {
  const std::int64_t out = plan.read.shape.out_channels;
  const auto bytes = static_cast<std::size_t>(plan.points() * plan.read.shape.in_channels * out) * sizeof(float);
  std::shared_ptr<std::byte> packed = arena.allocate(bytes);
  if (packed == nullptr) {
    return Status(StatusCode::resource_exhausted,
                  "No memory for " + std::to_string(bytes) + " bytes of packed weights.");
  }
  for (std::int64_t block = 0; block < out; block += plan.block_channels) {
    pack_block(plan, block, reinterpret_cast<float*>(packed.get()));
  }
  return WeightStore::Pack{std::move(packed), bytes};
}

std::int64_t tiles_of(const Conv2dShape& shape, std::int64_t side) {
  return (shape.out_height + side - 1) / side * ((shape.out_width + side - 1) / side);
}

Status check(const KernelRequest& request, const Conv2dRequest& read) {
  const Conv2dShape& shape = read.shape;
  const bool is_bf16 = read.x == DType::bf16;
  const bool all_alike = (is_bf16 || read.x == DType::f32) && read.weights == read.x && read.output == read.x &&
                         (!read.has_residual || read.residual == read.x);
  if (!all_alike) return refuse("Winograd works on f32 or bf16, everything of one type.");
  const bool suits_bf16 = shape.in_channels <= kMostBf16Channels && tiles_of(shape, 4) >= kFewestBf16Tiles;
  if (is_bf16 && request.isa >= Isa::avx512_vnni_bf16 && !suits_bf16) {
    return refuse("As many products of bf16 take less time than a quarter of them in f32 and the transforms.");
  }
  if (shape.kernel_height != 3 || shape.kernel_width != 3 || shape.stride_height != 1 || shape.stride_width != 1 ||
      shape.dilation_height != 1 || shape.dilation_width != 1 || shape.groups != 1) {
    return refuse("Winograd serves 3 x 3 kernels with stride 1, no dilation and one group.");
  }
  if (shape.in_channels % 16 != 0 || shape.out_channels % 16 != 0) {
    return refuse("The own Winograd works on whole vectors of 16 channels.");
  }
  if (!same_bytes(request.inputs[0].type->shape, read.x_layout, Layout::nhwc) ||
      !same_bytes(request.outputs[0].type->shape, read.output_layout, Layout::nhwc)) {
    return refuse("The own Winograd works in nhwc only.");
  }
  return {};
}

// The form that takes the least time, by counting products and reads of weights; null when a direct sum takes fewer
// products than either.
const WinogradLoops* choose_form(const Conv2dShape& shape, const Loops& loops) {
  const WinogradLoops* best = nullptr;
  std::int64_t least = 0;
  for (const WinogradLoops& form : loops.winograd) {
    const std::int64_t points = (form.tile + 2) * (form.tile + 2);
    const std::int64_t tiles = tiles_of(shape, form.tile);
    if (points * tiles >= 9 * shape.out_height * shape.out_width) continue;
    const std::int64_t cost = points * (shape.batch * tiles + kProductsPerWeight);
    if (best == nullptr || cost < least) {
      best = &form;
      least = cost;
    }
  }
  return best;
}

// Many tiles are dealt out as tiles. With few of them every lot would read all weights for too little work, so then the
// output channels are dealt out, and the cheap transform of the input is done once per lot.
void share_out(WinogradPlan& plan, int threads) {
  const std::int64_t channels = plan.read.shape.out_channels;
  plan.block_channels = plan.loops->dot_f32.block_channels;
  const bool by_tiles = plan.tiles >= kLotTiles * threads;
  while (!by_tiles && plan.block_channels > 16 && plan.block_channels * threads > channels) plan.block_channels /= 2;
  const std::int64_t blocks = (channels + plan.block_channels - 1) / plan.block_channels;
  const std::int64_t count = by_tiles ? threads : std::min<std::int64_t>(threads, blocks);
  for (std::int64_t i = 0; i < count; ++i) {
    Lot lot{0, plan.tiles, 0, blocks};
    (by_tiles ? lot.first_tile : lot.first_block) = (by_tiles ? plan.tiles : blocks) * i / count;
    (by_tiles ? lot.end_tile : lot.end_block) = (by_tiles ? plan.tiles : blocks) * (i + 1) / count;
    plan.lots.push_back(lot);
    plan.round_tiles = std::max(plan.round_tiles, lot.end_tile - lot.first_tile);
  }
  const std::int64_t tile_bytes =
      plan.points() * (plan.read.shape.in_channels + channels) * static_cast<std::int64_t>(sizeof(float));
  plan.round_tiles = std::min(plan.round_tiles, std::max(kRoundBytes / tile_bytes, kFewestTiles));
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_winograd(const KernelRequest& request) {
  auto plan = std::make_shared<WinogradPlan>();
  RHEO_ASSIGN_OR_RETURN(plan->read, read_conv2d(request));
  RHEO_RETURN_IF_ERROR(check(request, plan->read));
  const Conv2dShape& shape = plan->read.shape;
  plan->loops = &loops_for(request.isa);
  plan->channel = channel_scales(plan->read);
  plan->form = choose_form(shape, *plan->loops);
  if (plan->form == nullptr) {
    return refuse("The output is so small that Winograd would take more products than a direct sum.");
  }
  plan->tile_rows = (shape.out_height + plan->form->tile - 1) / plan->form->tile;
  plan->tile_columns = (shape.out_width + plan->form->tile - 1) / plan->form->tile;
  plan->tiles = shape.batch * plan->tile_rows * plan->tile_columns;
  share_out(*plan, request.threads);
  const std::string side = std::to_string(plan->form->tile);
  const std::string key = "winograd" + side + ":" + std::to_string(plan->block_channels);
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<void> packed,
                        request.weights->get(plan->read.weights_tensor->data(), key,
                                             [&](WeightArena& arena) { return pack(*plan, arena); }));
  plan->weights = std::static_pointer_cast<const std::byte>(packed);
  plan->zeros.assign(static_cast<std::size_t>(shape.in_channels), 0.0F);
  const std::string name = plan->loops->dot_f32.name;
  return std::unique_ptr<Kernel>(std::make_unique<WinogradKernel>(std::move(plan), name + "_winograd" + side));
}

}  // namespace rheo
