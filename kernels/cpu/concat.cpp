// SPDX-License-Identifier: Apache-2.0
// concat: the inputs one after the other along one axis. Any element type; plain and nhwc.
// Tested by tests/agree/kernels_ops_test.cpp.
#include <vector>

#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/move.h"
#include "kernels/cpu/refusal.h"
#include "op/shape_ops.h"

namespace rheo {
namespace {

struct Part {
  Walk walk;
  std::int64_t first = 0;  // element of the output
  std::size_t input = 0;
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_concat(const KernelRequest& request) {
  const Operand& y = request.outputs[0];
  if (y.layout == Layout::nchw16c) return refuse("concat works on plain and nhwc.");
  const std::size_t axis = ConcatSettings::from(*request.attributes, y.type->shape.rank()).axis;
  const Shape target = strides_of(y.type->shape, y.layout);
  std::vector<Part> parts;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    const Operand& x = request.inputs[i];
    if (x.layout == Layout::nchw16c) return refuse("concat works on plain and nhwc.");
    const Shape source = strides_of(x.type->shape, x.layout);
    if (x.type->shape.elements() > 0) {
      parts.push_back({make_walk(x.type->shape, {target, source, source}), first * target[axis], i});
    }
    first += x.type->shape[axis];
  }
  return make_loop_kernel({.implementation = "own:copy"}, [parts = std::move(parts), size = size_bytes(y.type->dtype)](
                                                              const Buffers& buffers, std::int64_t, std::int64_t) {
    for (const Part& part : parts) {
      move_elements(part.walk, size, static_cast<const std::byte*>(buffers.inputs[part.input]),
                    static_cast<std::byte*>(buffers.outputs[0]) + part.first * static_cast<std::int64_t>(size), 0,
                    part.walk.runs());
    }
  });
}

}  // namespace rheo
