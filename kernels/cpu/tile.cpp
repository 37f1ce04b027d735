// SPDX-License-Identifier: Apache-2.0
// tile: x over and over again along each dimension. Any element type; both sides plain or both nhwc.
// Tested by tests/agree/kernels_mapped_test.cpp.
#include "kernels/cpu/axis_maps.h"
#include "kernels/cpu/entries.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_tile(const KernelRequest& request) {
  const Shape x = request.inputs[0].type->shape;
  return make_mapped_kernel(request, x, [x](std::size_t dim, std::int64_t index) { return index % x[dim]; });
}

}  // namespace rheo
