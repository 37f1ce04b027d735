// SPDX-License-Identifier: Apache-2.0
// y = the inputs one after another along one axis.
// Layout: plain. Dtypes: all, one for all inputs. No limits.
// Tested by tests/kernels/ref/concat_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/shape_ops.h"

namespace rheo::ref {
namespace {

class Concat {
 public:
  explicit Concat(const KernelRequest& request)
      : y_(*request.outputs[0].type), axis_(ConcatSettings::from(*request.attributes, y_.shape.rank()).axis) {
    for (const Operand& operand : request.inputs) shapes_.push_back(operand.type->shape);
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    Place to{.offset = 0, .strides = dense_strides(y_.shape)};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Shape& shape = shapes_[i];
      copy_elements(size_bytes(y_.dtype), shape, inputs[i], {0, dense_strides(shape)}, outputs[0], to);
      to.offset += shape[axis_] * to.strides[axis_];
    }
  }

 private:
  const TensorType y_;
  const std::size_t axis_;
  std::vector<Shape> shapes_;  // of the inputs
};

}  // namespace

MadeKernel make_concat(const KernelRequest& request) { return make_plain<Concat>(request); }

}  // namespace rheo::ref
