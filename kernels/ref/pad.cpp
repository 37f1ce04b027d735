// SPDX-License-Identifier: Apache-2.0
// y = x with elements added around it, or cropped: a constant, x mirrored without its edge, its edge, or x over again.
// Layout: plain. Dtypes: all. No limits. Tested by tests/kernels/ref/pad_test.cpp.
#include <cstring>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/rearranging.h"

namespace rheo::ref {
namespace {

class Pad {
 public:
  explicit Pad(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(PadSettings::from(*request.attributes, x_.shape.rank())) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(x_.dtype);
    const Strides strides = dense_strides(x_.shape);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& at) {
      Index source = at;
      bool is_inside = true;
      for (std::size_t dim = 0; dim < x_.shape.rank(); ++dim) {
        source[dim] = padded_index(settings_, dim, x_.shape[dim], at[dim]);
        is_inside = is_inside && source[dim] >= 0;
      }
      if (is_inside) {
        std::memcpy(
            static_cast<std::byte*>(outputs[0]) + static_cast<std::size_t>(out) * bytes,
            static_cast<const std::byte*>(inputs[0]) + static_cast<std::size_t>(offset_of(source, strides)) * bytes,
            bytes);
      } else {
        y.set_real(out, settings_.value);
      }
      ++out;
    });
  }

 private:
  const TensorType x_;
  const TensorType y_;
  const PadSettings settings_;
};

}  // namespace

MadeKernel make_pad(const KernelRequest& request) { return make_plain<Pad>(request); }

}  // namespace rheo::ref
