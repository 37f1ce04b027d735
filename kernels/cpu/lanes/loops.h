// SPDX-License-Identifier: Apache-2.0
// The inner loops of this backend as a table of functions, one table per instruction set. What a loop computes is said
// here; where it runs is decided once, when a kernel is made. Loops of element-wise ops are in element_loops.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"
#include "kernels/cpu/activation.h"
#include "kernels/cpu/finish.h"
#include "kernels/cpu/lanes/attend_call.h"
#include "kernels/cpu/lanes/gate_call.h"
#include "kernels/cpu/lanes/norm_call.h"

namespace rheo {

inline constexpr int kMaxTilePixels = 6;

// Sums of products of up to six rows of the left matrix ("pixels") with a block of output channels.
//   sum[p][c] = start[c] + sum over segments s, elements k of pixels[p][segment_offsets[s] + k] * weights[s][k][c]
// Weights are packed as in dot_pack.h. Rows of the output lie `channel_stride` elements apart.
struct TileCall {
  const std::byte* pixels[kMaxTilePixels] = {};
  int pixel_count = 0;                              // 1..6
  const std::byte* weights = nullptr;               // of this block, 64-byte aligned
  const std::int32_t* start = nullptr;              // 8-bit sums only: first value of every sum
  const std::ptrdiff_t* segment_offsets = nullptr;  // in bytes
  int segments = 0;
  int steps = 0;                              // per segment; one step is 1 f32, 2 bf16 or 4 8-bit elements
  int skipped_steps = 0;                      // of the packed weights between two segments
  std::int64_t outputs[kMaxTilePixels] = {};  // row of the output, per pixel
  std::int64_t first_channel = 0;
  int channels = 0;  // 1..block_channels of the table
  std::int64_t channel_stride = 0;
};

// A tile for `count` pixels whose elements lie `pixel_bytes` apart and whose results are rows `output`, `output` + 1,
// ...
struct RunCall {
  TileCall tile;                      // all of it but `pixels`, `pixel_count` and `outputs`
  const std::byte* pixels = nullptr;  // of the first one
  std::int64_t pixel_bytes = 0;
  std::int64_t output = 0;
  std::int64_t count = 0;
};

// What both sides of a product are once they are packed. i16: 8-bit values less their zero point. u8: i8 on the right.
enum class DotElement : unsigned char { f32, bf16, i16, u8 };

// One way to multiply: element type of both sides after packing, and the tile sizes that fit the registers.
struct DotLoops {
  DotElement element = DotElement::f32;
  int step = 1;  // elements per step, which takes 4 bytes
  int tile_pixels = 1;
  int block_channels = 16;
  void (*tile)(const TileCall& call, const Finish& finish) = nullptr;
  void (*run)(const RunCall& call, const Finish& finish) = nullptr;
  const char* name = "";

  std::int64_t element_bytes() const { return 4 / step; }
  // Whether the left side may stay as it lies.
  bool reads(DType dtype) const {
    return (element == DotElement::f32 && dtype == DType::f32) ||
           (element == DotElement::bf16 && dtype == DType::bf16) || (element == DotElement::u8 && dtype == DType::u8);
  }
};

// Depthwise sums of a rectangle of pixels: every channel has its own weights, in f32.
//   sum[l][p][c] = sum over rows y, columns x of
//     window[l * line_step + p * pixel_step + y * row_bytes + x * column_bytes][c] * weights[y][x][c]
struct DepthwiseCall {
  const std::byte* window = nullptr;  // of the first pixel, channel 0
  std::int64_t lines = 0, pixels = 0;
  std::int64_t line_step = 0, pixel_step = 0;  // in bytes
  std::int64_t output = 0;                     // row of the output of the first pixel; the others follow it
  std::int64_t output_step = 0;                // rows of the output from line to line
  DType dtype = DType::f32;
  float zero_point = 0;  // of 8-bit elements, taken from each
  int rows = 0, columns = 0;
  std::int64_t row_bytes = 0, column_bytes = 0;
  const float* weights = nullptr;                    // 16 numbers further are readable
  std::int64_t weights_row = 0, weights_column = 0;  // strides in elements
  std::int64_t channels = 0;
};

// One window of a pool over a picture with channels innermost. Strides are in elements.
struct PoolWindow {
  DType from = DType::f32, to = DType::f32;
  bool is_max = false;
  float factor = 1;  // averages: 1 / elements, times the scale of 8-bit values
  float shift = 0;   // added to an average: takes back the zero points of its elements
  std::int64_t channels = 1, rows = 1, columns = 1;
  std::int64_t row_stride = 0, column_stride = 0;
  std::int64_t out_channel_stride = 1;
};

// How many elements become one. sum_exp adds e^(x - shift).
enum class Reduction : unsigned char { sum, product, max, min, sum_abs, sum_squares, sum_exp };

// Joins the elements of in [rows, columns], rows `row_stride` elements apart, with totals: f32 for f32, bf16, u8 and i8
// (as they are stored; 8-bit only max and min), else i32 or i64 like the elements, which wrap around. A NaN wins a
// maximum or minimum.
struct ReduceCall {
  Reduction how = Reduction::sum;
  DType dtype = DType::f32;
  const void* in = nullptr;
  std::int64_t rows = 0, columns = 0, row_stride = 0;
  const float* shifts = nullptr;  // of sum_exp: one per total
  void* totals = nullptr;
};

// The index of the largest (smallest) element of every column of in [rows, columns], rows `row_stride` elements apart;
// f32, bf16, u8 and i8. A NaN comes before all, and of equal elements the first, or the last if select_last.
struct ArgColumnsCall {
  DType dtype = DType::f32;
  bool is_largest = true, select_last = false;
  const void* in = nullptr;
  std::int64_t rows = 0, columns = 0, row_stride = 0;  // rows fit 31 bits
  std::int32_t* indices = nullptr;                     // [columns]
};

inline constexpr int kMostBlended = 16;

// out[i] = convert(sum over rows r of weights[r] * rows[r][i]), elements as they are stored.
struct BlendCall {
  DType from = DType::f32, to = DType::f32;
  int count = 0;  // 1..kMostBlended
  const std::byte* rows[kMostBlended] = {};
  float weights[kMostBlended] = {};
};

// Softmax over `count` elements that lie `stride` apart, for `stride` such columns side by side.
struct SoftmaxCall {
  DType dtype = DType::f32;  // f32 or bf16
  bool is_log = false;
  std::int64_t count = 0;
  std::int64_t stride = 1;
};

// out [rows, columns] = a [rows, depth] x b [depth, columns], all dense, f32 or bf16.
struct MultiplyCall {
  DType dtype = DType::f32;
  const void* a = nullptr;
  const void* b = nullptr;
  void* out = nullptr;
  std::int64_t rows = 0, depth = 0, columns = 0;
};

// One patch of the input and one tile of the output of Winograd's convolution; a patch has two rows and columns more.
// Channels are innermost and their number is a multiple of 16; in between everything is f32.
struct WinogradPatch {
  const std::byte* pixels[36] = {};  // [row][column] of the patch: channel 0 of each pixel
  DType dtype = DType::f32;          // f32 or bf16
  std::int64_t channels = 0;
};
struct WinogradTile {
  std::int64_t first = 0;  // element of the output where the tile's first pixel begins
  std::int64_t pixel_stride = 0, row_stride = 0;
  std::int64_t first_channel = 0, end_channel = 0;  // to be computed
  int rows = 0, columns = 0;                        // of the tile that lie inside the output
};

// F(tile x tile, 3 x 3).
struct WinogradLoops {
  int tile = 0;
  // points[p][c] = (B^T patch B)[p], for the (tile + 2)^2 points p, which lie `point_stride` elements apart.
  void (*input)(const WinogradPatch& patch, float* points, std::int64_t point_stride) = nullptr;
  // The tile's pixels = activation((A^T points A) + bias + residual).
  void (*output)(const float* points, std::int64_t point_stride, const WinogradTile& tile,
                 const Finish& finish) = nullptr;
};

// How a stored number becomes another: out = convert(factor * (in - from_zero)) + to_zero, saturated. Zero points are 0
// for types that are not 8-bit.
struct Rescale {
  Rescale(float factor) : factor(factor) {}  // NOLINT(google-explicit-constructor): a factor alone is usable as one
  Rescale(float factor, int from_zero, int to_zero = 0) : factor(factor), from_zero(from_zero), to_zero(to_zero) {}
  bool changes_nothing() const { return factor == 1.0F && from_zero == 0 && to_zero == 0; }
  float factor = 1;
  int from_zero = 0, to_zero = 0;
};

struct Loops {
  DotLoops dot_f32;
  DotLoops dot_wide;          // the same for 8-bit values in f32: sums are exact up to 2^40
  WinogradLoops winograd[2];  // tiles of 4 and of 2
  void (*depthwise)(const DepthwiseCall& call, const Finish& finish) = nullptr;
  // out[i] = in[i] rescaled, for any of f32, bf16, u8, i8 on either side.
  void (*convert)(const void* in, DType in_dtype, void* out, DType out_dtype, Rescale scale, std::int64_t count);
  // The same for [rows, columns] on both sides, rows `in_stride` and `out_stride` elements apart.
  void (*convert_rows)(const void* in, DType in_dtype, std::int64_t in_stride, void* out, DType out_dtype,
                       std::int64_t out_stride, Rescale scale, std::int64_t rows, std::int64_t columns);
  // The same from [rows, columns] (rows `in_stride` elements apart) to [columns, rows] (`out_stride` apart).
  void (*convert_transposed)(const void* in, DType in_dtype, std::int64_t in_stride, void* out, DType out_dtype,
                             std::int64_t out_stride, Rescale scale, std::int64_t rows, std::int64_t columns);
  // out[i] = in[i] - zero_point, of u8 or i8. `in` may be the second half of the place of `out`.
  void (*widen)(const void* in, DType dtype, int zero_point, std::int16_t* out, std::int64_t count);
  // Turns i8 into u8 in place: stored + 128.
  void (*add_128)(void* values, std::int64_t count);
  // Maximum or average of one window, for every channel.
  void (*pool)(const PoolWindow& window, const void* in, void* out);
  // out[i] = convert(activation(scale * in[i]) / scale) for any of f32, bf16, u8, i8.
  void (*activate)(const void* in, void* out, DType dtype, float scale, const Activation& activation,
                   std::int64_t count);
  // out[i] = in[i] * scale[i * step] + shift[i * step], steps 0 or 1.
  void (*affine)(const void* in, void* out, DType dtype, const float* scale, const float* shift, std::int64_t step,
                 std::int64_t count);
  // sums[i] += in[i]
  void (*accumulate)(const void* in, DType dtype, float* sums, std::int64_t count);
  float (*sum)(const void* in, DType dtype, std::int64_t count);
  // totals[column] = totals[column] joined with that column; totals[row] with that row.
  void (*reduce_columns)(const ReduceCall& call);
  void (*reduce_rows)(const ReduceCall& call);
  void (*arg_columns)(const ArgColumnsCall& call);
  void (*blend)(const BlendCall& call, void* out, std::int64_t count);
  // out[i] = convert(sum over t < taps of weights[t * count + i] * in[offsets[t * count + i]]).
  void (*blend_points)(const float* in, const std::int32_t* offsets, const float* weights, int taps, void* out,
                       DType to, std::int64_t count);
  // One row: out = (in - mean) / sqrt(variance + epsilon) * scale + shift; scale and shift may be null.
  void (*layer_norm)(const void* in, void* out, DType dtype, const float* scale, const float* shift, float epsilon,
                     std::int64_t count);
  // Mean and variance of a row.
  Spread (*spread)(const void* in, DType dtype, std::int64_t count);
  // squares[i] += (in[i] - mean[i])^2
  void (*accumulate_squares)(const void* in, DType dtype, const float* mean, float* squares, std::int64_t count);
  // out[i] = (in[i] - mean[i * step]) * scale[i * step] + shift[i * step], steps 0 or 1.
  void (*centre)(const void* in, void* out, DType dtype, const Centre& centre, std::int64_t step, std::int64_t count);
  // One row: out = in / sqrt(mean of in^2 + epsilon) * scale; scale may be null.
  void (*rms_norm)(const void* in, void* out, DType dtype, const float* scale, float epsilon, std::int64_t count);
  void (*respond)(const ResponseCall& call, const void* in, void* out, std::int64_t count);
  void (*lp_normalize)(const LpCall& call, const void* in, void* out);
  void (*softmax)(const SoftmaxCall& call, const void* in, void* out);
  void (*multiply)(const MultiplyCall& call);
  void (*attend)(const AttendCall& call);
  void (*lstm_step)(const GateCall& call);
  void (*gru_gates)(const GateCall& call);  // z and r, before the product with the last state
  void (*gru_step)(const GateCall& call);
  void (*rnn_step)(const GateCall& call);
};

const Loops& loops_portable();
const Loops& loops_avx2();
const Loops& loops_avx512();
const Loops& loops_for(Isa isa);
const DotLoops& dot_i16();   // 8-bit; needs Isa::avx2
const DotLoops& dot_vnni();  // 8-bit; needs Isa::avx512_vnni
const DotLoops& dot_bf16();  // needs Isa::avx512_vnni_bf16

}  // namespace rheo
