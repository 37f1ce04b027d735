// SPDX-License-Identifier: Apache-2.0
// y = condition ? a : b; shapes broadcast like NumPy's.
// Layout: plain. Dtypes: bool for the condition, any one for a and b; elements are copied as they are stored. No
// limits. Tested by tests/kernels/ref/where_test.cpp.
#include <cstring>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Where {
 public:
  explicit Where(const KernelRequest& request)
      : condition_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        condition_strides_(broadcast_strides(condition_.shape, y_.shape)),
        a_strides_(broadcast_strides(request.inputs[1].type->shape, y_.shape)),
        b_strides_(broadcast_strides(request.inputs[2].type->shape, y_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader condition(condition_, inputs[0]);
    const std::size_t bytes = size_bytes(y_.dtype);
    auto* out = static_cast<std::byte*>(outputs[0]);
    for_each_index(y_.shape, [&](const Index& index) {
      const bool holds = condition.stored(offset_of(index, condition_strides_)) != 0;
      const auto* chosen = static_cast<const std::byte*>(inputs[holds ? 1 : 2]);
      const std::int64_t place = offset_of(index, holds ? a_strides_ : b_strides_);
      std::memcpy(out, chosen + static_cast<std::size_t>(place) * bytes, bytes);
      out += bytes;
    });
  }

 private:
  const TensorType condition_;
  const TensorType y_;
  const Strides condition_strides_;
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_where(const KernelRequest& request) { return make_plain<Where>(request); }

}  // namespace rheo::ref
