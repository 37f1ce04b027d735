// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/pool2d.h"

#include <utility>

#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// A picture with channels innermost; nchw16c is many pictures of 16 channels.
struct Pool {
  PoolSpans spans;
  PoolWindow window;  // all but the sizes of one window
  std::int64_t pictures = 1, in_elements = 0, out_elements = 0, in_width = 1, out_pixel_stride = 1;
  float scale = 1, zero_point = 0;
  const Loops* loops = nullptr;

  // A part is one row of one picture of the output.
  std::int64_t parts() const { return pictures * static_cast<std::int64_t>(spans.rows.size()); }

  void run(const void* in, void* out, std::int64_t begin, std::int64_t end) const {
    const std::int64_t in_bytes = static_cast<std::int64_t>(size_bytes(window.from));
    const std::int64_t out_bytes = static_cast<std::int64_t>(size_bytes(window.to));
    PoolWindow w = window;
    const std::int64_t rows = static_cast<std::int64_t>(spans.rows.size());
    const std::int64_t row_elements = static_cast<std::int64_t>(spans.columns.size()) * out_pixel_stride;
    for (std::int64_t part = begin; part < end; ++part) {
      const std::int64_t picture = part / rows;
      const PoolSpan& row = spans.rows[static_cast<std::size_t>(part % rows)];
      const std::byte* from = static_cast<const std::byte*>(in) + picture * in_elements * in_bytes;
      std::byte* to = static_cast<std::byte*>(out) + (picture * out_elements + part % rows * row_elements) * out_bytes;
      w.rows = row.count;
      w.row_stride = row.step * in_width * w.channels;
      for (const PoolSpan& column : spans.columns) {
        w.columns = column.count;
        w.column_stride = column.step * w.channels;
        w.factor = scale / static_cast<float>(row.divisor * column.divisor);
        w.shift = -zero_point * static_cast<float>(row.count * column.count) * w.factor;
        loops->pool(w, from + (row.first * in_width + column.first) * w.channels * in_bytes, to);
        to += out_pixel_stride * out_bytes;
      }
    }
  }
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_pool(const KernelRequest& request, PoolSpans spans) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const Shape& shape = x.type->shape;
  if (shape.rank() != 4 || !is_numeric(x.type->dtype) || !is_numeric(y.type->dtype)) {
    return refuse("A pool works on pictures of f32, bf16, u8 or i8.");
  }
  const bool blocked = x.layout == Layout::nchw16c;
  if (!blocked && !same_bytes(shape, x.layout, Layout::nhwc)) return refuse("A pool reads channels innermost only.");
  const bool same = y.layout == x.layout || same_bytes(y.type->shape, y.layout, x.layout);
  if (!same && (blocked || y.layout != Layout::plain)) {
    return refuse("A pool answers in the layout of its input, or from nhwc in plain.");
  }
  if (blocked && zero_point_of(*x.type) != 0) {
    return refuse("The channels that pad nchw16c are zeros, which a zero point would move.");
  }
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  Pool pool;
  const std::int64_t out_pixels = static_cast<std::int64_t>(spans.rows.size() * spans.columns.size());
  pool.spans = std::move(spans);
  pool.window.from = x.type->dtype;
  pool.window.to = y.type->dtype;
  pool.window.is_max = pool.spans.is_max;
  pool.window.channels = blocked ? 16 : shape[1];
  pool.window.out_channel_stride = same ? 1 : out_pixels;
  pool.pictures = blocked ? shape[0] * ((shape[1] + 15) / 16) : shape[0];
  pool.in_width = shape[3];
  pool.in_elements = shape[2] * shape[3] * pool.window.channels;
  pool.out_elements = out_pixels * pool.window.channels;
  pool.out_pixel_stride = same ? pool.window.channels : 1;
  pool.scale = is_8bit(y.type->dtype) ? 1.0F : scale_of(*x.type);
  pool.zero_point = static_cast<float>(zero_point_of(*x.type));
  pool.loops = &loops_for(request.isa);
  LoopSettings settings = loop_settings(request);
  settings.parts = pool.parts();
  return make_loop_kernel(std::move(settings),
                          [pool = std::move(pool)](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            pool.run(buffers.inputs[0], buffers.outputs[0], begin, end);
                          });
}

}  // namespace rheo
