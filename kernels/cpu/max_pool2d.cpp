// SPDX-License-Identifier: Apache-2.0
// max_pool2d: the largest value of each window; padding never wins, a NaN does. f32, bf16, u8, i8; nhwc and nchw16c.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/pool_windows.h"
#include "kernels/cpu/refusal.h"
#include "op/pooling.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_max_pool2d(const KernelRequest& request) {
  const Shape& x = request.inputs[0].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  if (x.rank() != 4 || y.rank() != 4) return refuse("A pool works on pictures of rank 4.");
  if (!fits_spans(y)) return refuse("A result of shape " + y.to_string() + " has more rows or columns than 4194304.");
  const Window2d window = MaxPool2dSettings::from(*request.attributes).window;
  PoolSpans spans;
  spans.is_max = true;
  spans.rows = window_spans(window, 0, x[2], y[2], PoolDivisor::window_in_input);
  spans.columns = window_spans(window, 1, x[3], y[3], PoolDivisor::window_in_input);
  return make_pool(request, std::move(spans));
}

}  // namespace rheo
