// SPDX-License-Identifier: Apache-2.0
// y = x in another dtype: floats round to nearest even; integers cut toward zero and saturate, NaN as 0; bool is x !=
// 0. Layout: plain. Dtypes: any to any, without scales. Between different types i64 is exact up to 2^53. Tested by
// tests/kernels/ref/cast_test.cpp.
#include <cstring>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Cast {
 public:
  explicit Cast(const KernelRequest& request) : x_(*request.inputs[0].type), y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::int64_t elements = x_.shape.elements();
    if (x_.dtype == y_.dtype) {
      if (elements > 0) std::memmove(outputs[0], inputs[0], storage_bytes(x_, Layout::plain));
      return;
    }
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    for (std::int64_t i = 0; i < elements; ++i) y.set_cut(i, x.stored(i));
  }

 private:
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_cast(const KernelRequest& request) { return make_plain<Cast>(request); }

}  // namespace rheo::ref
