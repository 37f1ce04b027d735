// SPDX-License-Identifier: Apache-2.0
// y = x, then y[i, indices[i, j, k], k] joined with updates[i, j, k], here along axis 1, in the order of the indices.
// Layout: plain. Dtypes: none all; min, max all but f16 and bool; add, mul f32, bf16, i32, i64 (which wrap around);
// indices i32, i64. An index out of range fails the run. Tested by tests/kernels/ref/scatter_elements_test.cpp.
#include <cstring>

#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "kernels/ref/scatter_update.h"

namespace rheo::ref {
namespace {

class ScatterElements {
 public:
  explicit ScatterElements(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        indices_(*request.inputs[1].type),
        settings_(ScatterSettings::from(*request.attributes, x_.shape.rank())) {}

  Status run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::int64_t size = x_.shape[settings_.axis];
    RHEO_RETURN_IF_ERROR(check_indices(OpKind::scatter_elements, inputs[1], indices_.dtype, indices_.shape.elements(),
                                       1, settings_.axis, size));
    if (const std::size_t bytes = storage_bytes(x_, Layout::plain); bytes > 0)
      std::memmove(outputs[0], inputs[0], bytes);
    const Strides strides = dense_strides(x_.shape);
    std::int64_t place = 0;
    for_each_index(indices_.shape, [&](const Index& at) {
      Index target = at;
      target[settings_.axis] = from_start(index_at(inputs[1], indices_.dtype, place), size);
      scatter_update(settings_.reduction, x_, outputs[0], offset_of(target, strides), inputs[2], place++);
    });
    return {};
  }

 private:
  const TensorType x_;
  const TensorType indices_;
  const ScatterSettings settings_;
};

}  // namespace

MadeKernel make_scatter_elements(const KernelRequest& request) { return make_plain<ScatterElements>(request); }

}  // namespace rheo::ref
