// SPDX-License-Identifier: Apache-2.0
// argmax, argmin: the index along one axis of the largest (smallest) element, a NaN before all; of equal ones the
// first, or with select_last the last. Layout: plain. Dtypes: f32, bf16, i8, u8, i32, i64 -> i64. No limits. Tested by
// tests/kernels/ref/arg_extreme_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/order.h"
#include "kernels/ref/reference_kernel.h"
#include "op/reduction.h"

namespace rheo::ref {
namespace {

class ArgExtreme {
 public:
  explicit ArgExtreme(const KernelRequest& request)
      : is_largest_(request.op == OpKind::argmax),
        x_(*request.inputs[0].type),
        settings_(ArgExtremeSettings::from(*request.attributes, x_.shape.rank())) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    auto* y = static_cast<std::int64_t*>(outputs[0]);
    const ElementReader reader(x_, inputs[0]);
    const auto* whole = static_cast<const std::int64_t*>(inputs[0]);
    const Strides strides = dense_strides(x_.shape);
    Shape kept = x_.shape;
    kept[settings_.axis] = 1;
    for_each_index(kept, [&](const Index& index) {
      const std::int64_t begin = offset_of(index, strides);
      const std::int64_t step = strides[settings_.axis];
      *y++ = x_.dtype == DType::i64 ? best([&](std::int64_t i) { return whole[begin + i * step]; })
                                    : best([&](std::int64_t i) { return reader.stored(begin + i * step); });
    });
  }

 private:
  template <typename At>
  std::int64_t best(At&& at) const {
    std::int64_t found = 0;
    for (std::int64_t i = 1; i < x_.shape[settings_.axis]; ++i) {
      const bool is_before = comes_before(at(i), at(found), is_largest_);
      const bool is_equal = !is_before && !comes_before(at(found), at(i), is_largest_);
      if (is_before || (is_equal && settings_.select_last)) found = i;
    }
    return found;
  }

  const bool is_largest_;
  const TensorType x_;
  const ArgExtremeSettings settings_;
};

}  // namespace

MadeKernel make_arg_extreme(const KernelRequest& request) { return make_plain<ArgExtreme>(request); }

}  // namespace rheo::ref
