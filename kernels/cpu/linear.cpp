// SPDX-License-Identifier: Apache-2.0
// linear by own loops: y[row, o] = activation(sum over i of x[row, i] * w[o, i] + bias[o] + residual[row, o]).
// Layouts: plain. Types: f32, bf16, u8/i8 x i8; f32, bf16, u8 or i8 out; f32 x i8 (run_time_dot.h). Limits: constant
// weights and bias. Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/dot_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/run_time_dot.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_linear(const KernelRequest& request) {
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  if (rounds_input(request)) return make_run_time_linear(request);
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_linear(request));
  read.x_layout = read.output_layout = Layout::nhwc;  // rows of any shape are pixels
  return make_dot_kernel(std::move(read), request);
}

}  // namespace rheo
