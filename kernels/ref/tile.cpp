// SPDX-License-Identifier: Apache-2.0
// y[i, j] = x[i % rows of x, j % columns of x], for every dimension. Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/tile_test.cpp.
#include <cstring>

#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Tile {
 public:
  explicit Tile(const KernelRequest& request) : x_(*request.inputs[0].type), y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(x_.dtype);
    const Strides strides = dense_strides(x_.shape);
    auto* to = static_cast<std::byte*>(outputs[0]);
    for_each_index(y_.shape, [&](const Index& at) {
      Index source = at;
      for (std::size_t dim = 0; dim < x_.shape.rank(); ++dim) source[dim] %= x_.shape[dim];
      std::memcpy(
          to, static_cast<const std::byte*>(inputs[0]) + static_cast<std::size_t>(offset_of(source, strides)) * bytes,
          bytes);
      to += bytes;
    });
  }

 private:
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_tile(const KernelRequest& request) { return make_plain<Tile>(request); }

}  // namespace rheo::ref
