// SPDX-License-Identifier: Apache-2.0
// expand: x broadcast to a larger shape. Any element type; both sides plain or both nhwc.
// Tested by tests/agree/kernels_mapped_test.cpp.
#include "kernels/cpu/axis_maps.h"
#include "kernels/cpu/entries.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_expand(const KernelRequest& request) {
  const Shape& own = request.inputs[0].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  Shape x;
  for (std::size_t dim = own.rank(); dim < y.rank(); ++dim) x.push_back(1);
  for (const std::int64_t size : own.dims()) x.push_back(size);
  return make_mapped_kernel(request, x, [x](std::size_t dim, std::int64_t index) { return x[dim] == 1 ? 0 : index; });
}

}  // namespace rheo
