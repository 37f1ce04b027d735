// SPDX-License-Identifier: Apache-2.0
// is_nan and is_inf: y = whether x is one; is_inf looks for the signs that "detect_negative" and "detect_positive"
// allow. Layout: plain. Dtypes: f32, bf16 -> bool. No limits. Tested by tests/kernels/ref/classify_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Classify {
 public:
  explicit Classify(const KernelRequest& request)
      : is_nan_(request.op == OpKind::is_nan),
        detects_negative_(request.attributes->integer("detect_negative", 1) != 0),
        detects_positive_(request.attributes->integer("detect_positive", 1) != 0),
        x_(*request.inputs[0].type),
        y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) y.set_real(i, holds(x.real(i)) ? 1 : 0);
  }

 private:
  bool holds(double x) const {
    if (is_nan_) return std::isnan(x);
    return std::isinf(x) && (x < 0 ? detects_negative_ : detects_positive_);
  }

  const bool is_nan_;
  const bool detects_negative_;
  const bool detects_positive_;
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_classify(const KernelRequest& request) { return make_plain<Classify>(request); }

}  // namespace rheo::ref
