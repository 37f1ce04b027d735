// SPDX-License-Identifier: Apache-2.0
// resize: pictures made larger or smaller; neighbours and weights are in op/resize.h. The nearest element: any type.
// Linear and cubic: f32, bf16, u8, i8, summed in f32. Both sides plain, or both nhwc.
// In nhwc a pixel is one weighted sum of pixels. In plain a row is a weighted sum of rows, of which then every point is
// a weighted sum of points. Tested by tests/agree/kernels_mapped_test.cpp.
#include "op/resize.h"

#include <algorithm>
#include <vector>

#include "base/try.h"
#include "kernels/cpu/axis_maps.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

constexpr std::int64_t kLongestTable = std::int64_t{1} << 24;
// Points of a blended row that are on the stack at a time.
constexpr std::int64_t kSpan = 2048;

// Neighbours along one dimension, by index of the result.
struct Taps {
  std::int64_t in = 1, out = 1;
  std::vector<ResizeTaps> at;
};

// A stretch of a result's row, and the stretch of the input's row that it is made of.
struct Stretch {
  std::int64_t first = 0, count = 0;
  std::int64_t from = 0, span = 0;
  std::vector<std::int32_t> offsets;  // [taps, count], from `from` on
  std::vector<float> weights;         // [taps, count]
};

struct Resizing {
  DType dtype = DType::f32;
  std::int64_t channels = 1;  // of a pixel in nhwc; 1 in plain
  Taps rows[2];               // the dimensions around the innermost spatial one
  Taps row;                   // that one
  std::vector<Stretch> stretches;
  int taps = 1;  // per stretch
  const Loops* loops = nullptr;

  std::int64_t bytes() const { return static_cast<std::int64_t>(size_bytes(dtype)); }
  std::int64_t picture() const { return rows[0].in * rows[1].in * row.in * channels; }  // elements of x
};

// The rows of x that row (i, j) of the result is blended of, and their weights, into the call.
void take_rows(const Resizing& r, const std::byte* picture, std::int64_t i, std::int64_t j, BlendCall& call) {
  const ResizeTaps& outer = r.rows[0].at[static_cast<std::size_t>(i)];
  const ResizeTaps& inner = r.rows[1].at[static_cast<std::size_t>(j)];
  call.count = 0;
  for (std::size_t a = 0; a < static_cast<std::size_t>(outer.count); ++a) {
    for (std::size_t b = 0; b < static_cast<std::size_t>(inner.count); ++b) {
      const std::int64_t row = outer.indices[a] * r.rows[1].in + inner.indices[b];
      call.rows[call.count] = picture + row * r.row.in * r.channels * r.bytes();
      call.weights[call.count++] = static_cast<float>(outer.weights[a] * inner.weights[b]);
    }
  }
}

void resize_plain_row(const Resizing& r, const BlendCall& rows, std::byte* out) {
  alignas(64) float blended[kSpan];
  BlendCall call = rows;
  call.to = DType::f32;
  for (const Stretch& stretch : r.stretches) {
    for (int row = 0; row < rows.count; ++row) call.rows[row] = rows.rows[row] + stretch.from * r.bytes();
    r.loops->blend(call, blended, stretch.span);
    r.loops->blend_points(blended, stretch.offsets.data(), stretch.weights.data(), r.taps,
                          out + stretch.first * r.bytes(), r.dtype, stretch.count);
  }
}

void resize_nhwc_row(const Resizing& r, const BlendCall& rows, std::byte* out) {
  for (std::size_t x = 0; x < static_cast<std::size_t>(r.row.out); ++x, out += r.channels * r.bytes()) {
    const ResizeTaps& taps = r.row.at[x];
    BlendCall call{.from = r.dtype, .to = r.dtype};
    for (int row = 0; row < rows.count; ++row) {
      for (std::size_t tap = 0; tap < static_cast<std::size_t>(taps.count); ++tap) {
        call.rows[call.count] = rows.rows[row] + taps.indices[tap] * r.channels * r.bytes();
        call.weights[call.count++] = rows.weights[row] * static_cast<float>(taps.weights[tap]);
      }
    }
    r.loops->blend(call, out, r.channels);
  }
}

// Rows [begin, end) of all rows of the result.
void resize_rows(const Resizing& r, bool is_nhwc, const Buffers& buffers, std::int64_t begin, std::int64_t end) {
  const std::int64_t row_bytes = r.row.out * r.channels * r.bytes();
  std::byte* out = static_cast<std::byte*>(buffers.outputs[0]) + begin * row_bytes;
  for (std::int64_t row = begin; row < end; ++row, out += row_bytes) {
    const std::int64_t j = row % r.rows[1].out;
    const std::int64_t i = row / r.rows[1].out % r.rows[0].out;
    const std::int64_t picture = row / (r.rows[1].out * r.rows[0].out);
    BlendCall call{.from = r.dtype, .to = r.dtype};
    take_rows(r, static_cast<const std::byte*>(buffers.inputs[0]) + picture * r.picture() * r.bytes(), i, j, call);
    is_nhwc ? resize_nhwc_row(r, call, out) : resize_plain_row(r, call, out);
  }
}

// Cuts the row into stretches whose points fit the stack. Neighbours of one point lie within kMostResizeTaps of each
// other, so a single point always fits.
std::vector<Stretch> stretches_of(const Taps& row, int taps) {
  std::vector<Stretch> stretches;
  const auto low = [&](std::int64_t i) { return row.at[static_cast<std::size_t>(i)].indices[0]; };
  const auto high = [&](std::int64_t i) {
    const ResizeTaps& at = row.at[static_cast<std::size_t>(i)];
    return at.indices[static_cast<std::size_t>(at.count - 1)];
  };
  for (std::int64_t first = 0; first < row.out;) {
    Stretch stretch;
    stretch.first = first;
    stretch.count = 1;
    stretch.from = low(first);
    while (first + stretch.count < row.out && high(first + stretch.count) - stretch.from < kSpan) ++stretch.count;
    stretch.span = high(first + stretch.count - 1) - stretch.from + 1;
    for (int tap = 0; tap < taps; ++tap) {
      for (std::int64_t i = first; i < first + stretch.count; ++i) {
        const ResizeTaps& at = row.at[static_cast<std::size_t>(i)];
        const auto t = static_cast<std::size_t>(std::min(tap, at.count - 1));
        stretch.offsets.push_back(static_cast<std::int32_t>(at.indices[t] - stretch.from));
        stretch.weights.push_back(tap < at.count ? static_cast<float>(at.weights[t]) : 0);
      }
    }
    first += stretch.count;
    stretches.push_back(std::move(stretch));
  }
  return stretches;
}

// Rows, or pixels of nhwc, that one result is blended of.
int most_blended(const Resizing& r, bool is_nhwc) {
  const auto most = [](const Taps& taps) {
    int count = 1;
    for (const ResizeTaps& at : taps.at) count = std::max(count, at.count);
    return count;
  };
  return most(r.rows[0]) * most(r.rows[1]) * (is_nhwc ? r.taps : 1);
}

Taps taps_of(const ResizeSettings& settings, const Shape& x, const Shape& y, std::size_t dim) {
  Taps taps{.in = x[dim], .out = y[dim], .at = {}};
  const ResizedDimension dimension = resized_dimension(settings, x, y, dim);
  for (std::int64_t i = 0; i < taps.out; ++i) taps.at.push_back(resize_taps(settings, dimension, i));
  return taps;
}

Result<std::unique_ptr<Kernel>> make_smooth(const KernelRequest& request, const ResizeSettings& settings) {
  const Operand& from = request.inputs[0];
  const Operand& to = request.outputs[0];
  const Shape& x = from.type->shape;
  const Shape& y = to.type->shape;
  if (from.layout != to.layout || to.layout == Layout::nchw16c)
    return refuse("resize keeps the layout, plain or nhwc.");
  if (y.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  for (std::size_t dim = 2; dim < y.rank(); ++dim) {
    if (y[dim] > kLongestTable) return refuse("A dimension is too long for a table of its neighbours.");
  }
  const bool is_nhwc = to.layout == Layout::nhwc && y.rank() == 4;
  Resizing r;
  r.dtype = to.type->dtype;
  r.loops = &loops_for(request.isa);
  if (is_nhwc) r.channels = y[1];
  const std::size_t last = y.rank() - 1;
  r.row = taps_of(settings, x, y, last);
  // Missing dimensions are one row, taken as it is.
  r.rows[0].at = r.rows[1].at = {ResizeTaps{}};
  if (last > 2) r.rows[1] = taps_of(settings, x, y, last - 1);
  if (last > 3) r.rows[0] = taps_of(settings, x, y, last - 2);
  for (const ResizeTaps& taps : r.row.at) r.taps = std::max(r.taps, taps.count);
  if (most_blended(r, is_nhwc) > kMostBlended) return refuse("More neighbours are averaged than the loop takes.");
  if (!is_nhwc) r.stretches = stretches_of(r.row, r.taps);
  LoopSettings loop = loop_settings(request);
  loop.parts = y.elements() / (y[last] * r.channels);
  return make_loop_kernel(std::move(loop),
                          [r = std::move(r), is_nhwc](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            resize_rows(r, is_nhwc, buffers, begin, end);
                          });
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_resize(const KernelRequest& request) {
  const Shape x = request.inputs[0].type->shape;
  const Shape y = request.outputs[0].type->shape;
  const ResizeSettings settings = ResizeSettings::from(*request.attributes, x);
  if (settings.mode != ResizeMode::nearest) return make_smooth(request, settings);
  return make_mapped_kernel(request, x, [=](std::size_t dim, std::int64_t index) {
    return resize_taps(settings, resized_dimension(settings, x, y, dim), index).indices[0];
  });
}

}  // namespace rheo
