// SPDX-License-Identifier: Apache-2.0
// y = the mean of x over the named axes, which stay with size 1 if keep_dims.
// Layout: plain. Dtypes: f32, bf16. Sums in double. No limits.
// Tested by tests/kernels/ref/mean_test.cpp.
#include "op/mean.h"
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Mean {
 public:
  explicit Mean(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        kept_(x_.shape),
        averaged_(x_.shape),
        strides_(dense_strides(x_.shape)) {
    const MeanSettings settings = MeanSettings::from(*request.attributes, x_.shape.rank());
    for (std::size_t axis = 0; axis < x_.shape.rank(); ++axis)
      (settings.is_averaged[axis] ? kept_ : averaged_)[axis] = 1;
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for_each_index(kept_, [&](const Index& kept) {
      const std::int64_t begin = offset_of(kept, strides_);
      double sum = 0;
      for_each_index(averaged_, [&](const Index& index) { sum += x.real(begin + offset_of(index, strides_)); });
      y.set_real(out++, sum / static_cast<double>(averaged_.elements()));
    });
  }

 private:
  const TensorType x_;
  const TensorType y_;
  Shape kept_;      // x with averaged dimensions of size 1: one index per result
  Shape averaged_;  // x with kept dimensions of size 1: one index per summand
  const Strides strides_;
};

}  // namespace

MadeKernel make_mean(const KernelRequest& request) { return make_plain<Mean>(request); }

}  // namespace rheo::ref
