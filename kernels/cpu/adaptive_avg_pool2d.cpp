// SPDX-License-Identifier: Apache-2.0
// adaptive_avg_pool2d: output i is the mean of inputs [floor(i * in / out), ceil((i + 1) * in / out)) per dimension.
// f32, bf16 -> bf16 or f32, u8 and i8 -> f32; nhwc and nchw16c, or nhwc -> plain.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/pool2d.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

std::vector<PoolSpan> even_spans(std::int64_t in_size, std::int64_t out_size) {
  std::vector<PoolSpan> spans;
  for (std::int64_t i = 0; i < out_size; ++i) {
    const std::int64_t first = i * in_size / out_size;
    const std::int64_t end = ((i + 1) * in_size + out_size - 1) / out_size;
    spans.push_back({.first = first, .count = end - first, .step = 1, .divisor = end - first});
  }
  return spans;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_adaptive_avg_pool2d(const KernelRequest& request) {
  const Shape& x = request.inputs[0].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  if (x.rank() != 4 || y.rank() != 4) return refuse("A pool works on pictures of rank 4.");
  PoolSpans spans;
  spans.rows = even_spans(x[2], y[2]);
  spans.columns = even_spans(x[3], y[3]);
  return make_pool(request, std::move(spans));
}

// global_avg_pool: the mean of each channel, which is the same with an output of one pixel.
Result<std::unique_ptr<Kernel>> make_own_global_avg_pool(const KernelRequest& request) {
  return make_own_adaptive_avg_pool2d(request);
}

}  // namespace rheo
