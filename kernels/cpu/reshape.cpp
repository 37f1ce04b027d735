// SPDX-License-Identifier: Apache-2.0
// reshape and flatten: the same elements under another shape. Plain layouts of any element type; free when in place.
// Tested by tests/agree/kernels_ops_test.cpp.
#include <cstring>

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_reshape(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (!same_bytes(x.type->shape, x.layout, Layout::plain) || !same_bytes(y.type->shape, y.layout, Layout::plain)) {
    return refuse("A reshape keeps the logical order of the elements, so both sides must be plain.");
  }
  const std::size_t bytes = storage_bytes(*x.type, Layout::plain);
  return make_loop_kernel({.implementation = "own:copy", .in_place_input = 0},
                          [bytes](const Buffers& buffers, std::int64_t, std::int64_t) {
                            if (bytes > 0 && buffers.outputs[0] != buffers.inputs[0])
                              std::memcpy(buffers.outputs[0], buffers.inputs[0], bytes);
                          });
}

}  // namespace rheo
