// SPDX-License-Identifier: Apache-2.0
// y[i, d, j] = values[1] where d is indices[i, j], counted from the end of depth when negative, else values[0].
// Layout: plain. Dtypes: indices i32, i64; values all. An index outside depth is off everywhere.
// Tested by tests/kernels/ref/one_hot_test.cpp.
#include <cstring>

#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/indexing.h"

namespace rheo::ref {
namespace {

class OneHot {
 public:
  explicit OneHot(const KernelRequest& request)
      : indices_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(OneHotSettings::from(*request.attributes, indices_.shape.rank())) {
    const Strides dense = dense_strides(indices_.shape);
    for (std::size_t dim = 0; dim < indices_.shape.rank(); ++dim)
      strides_[dim < settings_.axis ? dim : dim + 1] = dense[dim];
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(y_.dtype);
    auto* to = static_cast<std::byte*>(outputs[0]);
    for_each_index(y_.shape, [&](const Index& at) {
      const std::int64_t index = index_at(inputs[0], indices_.dtype, offset_of(at, strides_));
      const bool is_on = from_start(index, settings_.depth) == at[settings_.axis];
      std::memcpy(to, static_cast<const std::byte*>(inputs[1]) + (is_on ? bytes : 0), bytes);
      to += bytes;
    });
  }

 private:
  const TensorType indices_;
  const TensorType y_;
  const OneHotSettings settings_;
  Strides strides_{};  // of the indices along the dimensions of y; 0 along depth
};

}  // namespace

MadeKernel make_one_hot(const KernelRequest& request) { return make_plain<OneHot>(request); }

}  // namespace rheo::ref
