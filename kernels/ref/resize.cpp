// SPDX-License-Identifier: Apache-2.0
// y[n, c, i, j] = sum over neighbours p of i, q of j of weight(p) * weight(q) * x[n, c, p, q], for one to three spatial
// dimensions; neighbours and weights are in op/resize.h. One neighbour is copied as it is.
// Layout: plain. Dtypes: nearest all; linear and cubic f32, bf16, u8, i8, in double. No limits.
// Tested by tests/kernels/ref/resize_test.cpp.
#include "op/resize.h"

#include <cstring>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Resize {
 public:
  explicit Resize(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(ResizeSettings::from(*request.attributes, x_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    const Strides strides = dense_strides(x_.shape);
    const std::size_t bytes = size_bytes(x_.dtype);
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& at) {
      const Neighbours neighbours = neighbours_of(at);
      if (settings_.mode == ResizeMode::nearest) {
        std::memcpy(static_cast<std::byte*>(outputs[0]) + static_cast<std::size_t>(out) * bytes,
                    static_cast<const std::byte*>(inputs[0]) +
                        static_cast<std::size_t>(offset_of(first_of(at, neighbours), strides)) * bytes,
                    bytes);
      } else {
        y.set_real(out, sum_of(x, at, neighbours, strides));
      }
      ++out;
    });
  }

 private:
  using Neighbours = std::array<ResizeTaps, Shape::kMaxRank>;  // per dimension

  Neighbours neighbours_of(const Index& at) const {
    Neighbours neighbours;
    for (std::size_t dim = 0; dim < x_.shape.rank(); ++dim)
      neighbours[dim] = resize_taps(settings_, resized_dimension(settings_, x_.shape, y_.shape, dim), at[dim]);
    return neighbours;
  }

  Index first_of(const Index& at, const Neighbours& neighbours) const {
    Index source = at;
    for (std::size_t dim = 0; dim < x_.shape.rank(); ++dim) source[dim] = neighbours[dim].indices[0];
    return source;
  }

  double sum_of(const ElementReader& x, const Index& at, const Neighbours& neighbours, const Strides& strides) const {
    Shape taps = x_.shape;
    for (std::size_t dim = 0; dim < taps.rank(); ++dim) taps[dim] = neighbours[dim].count;
    double sum = 0;
    for_each_index(taps, [&](const Index& tap) {
      Index source = at;
      double weight = 1;
      for (std::size_t dim = 0; dim < taps.rank(); ++dim) {
        const auto i = static_cast<std::size_t>(tap[dim]);
        source[dim] = neighbours[dim].indices[i];
        weight *= neighbours[dim].weights[i];
      }
      sum += weight * x.real(offset_of(source, strides));
    });
    return sum;
  }

  const TensorType x_;
  const TensorType y_;
  const ResizeSettings settings_;
};

}  // namespace

MadeKernel make_resize(const KernelRequest& request) { return make_plain<Resize>(request); }

}  // namespace rheo::ref
