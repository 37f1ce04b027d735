// SPDX-License-Identifier: Apache-2.0
#include "kernels/ref/reference_kernel.h"

#include <gtest/gtest.h>

namespace rheo::ref {
namespace {

TensorType f32(const Shape& shape) { return {.dtype = DType::f32, .shape = shape, .quantization = {}}; }

Status check(const TensorType& x, const TensorType& y, Layout layout) {
  const Attributes none;
  const Operand input{&x, layout, nullptr};
  const Operand output{&y, Layout::plain, nullptr};
  KernelRequest request;
  request.op = OpKind::relu;
  request.attributes = &none;
  request.inputs = {&input, 1};
  request.outputs = {&output, 1};
  return check_request(request);
}

TEST(RefKernel, ChecksLayoutsSizesAndResults) {
  EXPECT_TRUE(check(f32({1, 2, 3, 4}), f32({1, 2, 3, 4}), Layout::plain).ok());
  EXPECT_EQ(check(f32({1, 2, 3, 4}), f32({1, 2, 3, 4}), Layout::nhwc).code(), StatusCode::unsupported);
  EXPECT_EQ(check(f32({1, 2, 3, 4}), f32({1, 2, 3, 5}), Layout::plain).code(), StatusCode::invalid_argument);
  EXPECT_EQ(check(f32({kDynamic, 2}), f32({kDynamic, 2}), Layout::plain).code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo::ref
