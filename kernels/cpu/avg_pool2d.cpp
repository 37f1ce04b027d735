// SPDX-License-Identifier: Apache-2.0
// avg_pool2d: the mean of each window. f32, bf16 -> bf16 or f32, u8 and i8 -> f32; nhwc and nchw16c, or nhwc -> plain.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/pool_windows.h"
#include "kernels/cpu/refusal.h"
#include "op/pooling.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_avg_pool2d(const KernelRequest& request) {
  const Shape& x = request.inputs[0].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  if (x.rank() != 4 || y.rank() != 4) return refuse("A pool works on pictures of rank 4.");
  if (!fits_spans(y)) return refuse("A result of shape " + y.to_string() + " has more rows or columns than 4194304.");
  const AvgPool2dSettings settings = AvgPool2dSettings::from(*request.attributes);
  const PoolDivisor divisor =
      settings.count_include_pad ? PoolDivisor::window_in_padded_input : PoolDivisor::window_in_input;
  PoolSpans spans;
  spans.rows = window_spans(settings.window, 0, x[2], y[2], divisor);
  spans.columns = window_spans(settings.window, 1, x[3], y[3], divisor);
  return make_pool(request, std::move(spans));
}

}  // namespace rheo
