// SPDX-License-Identifier: Apache-2.0
#include "kernels/evaluate.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(Evaluate, ComputesOneNode) {
  const Tensor a = Tensor::of<float>({1, 2, 3, 4}, {2, 2}).value();
  const Tensor b = Tensor::of<float>({10, 20}, {2}).value();
  const TensorType type_a{DType::f32, a.shape(), {}};
  const TensorType type_b{DType::f32, b.shape(), {}};
  const std::vector<Argument> arguments{{&a, &type_a, true}, {&b, &type_b, true}};
  const std::vector<Tensor> sum = evaluate(OpKind::add, {}, arguments, std::span(&type_a, 1)).value();
  ASSERT_EQ(sum.size(), 1U);
  const std::vector<float> expected{11, 22, 13, 24};
  EXPECT_TRUE(std::ranges::equal(sum[0].as<float>(), expected));
}

TEST(Evaluate, AbsentInputsAreNulls) {
  const Tensor x = Tensor::of<float>({1, 2}, {1, 2}).value();
  const Tensor w = Tensor::of<float>({3, 4}, {1, 2}).value();
  const Tensor residual = Tensor::of<float>({100}, {1, 1}).value();
  const TensorType type_x{DType::f32, x.shape(), {}};
  const TensorType type_w{DType::f32, w.shape(), {}};
  const TensorType type_y{DType::f32, {1, 1}, {}};
  const std::vector<Argument> arguments{{&x, &type_x, false}, {&w, &type_w, true}, {}, {&residual, &type_y, false}};
  const std::vector<Tensor> y = evaluate(OpKind::linear, {}, arguments, std::span(&type_y, 1)).value();
  EXPECT_EQ(y[0].as<float>()[0], 111);
}

}  // namespace
}  // namespace rheo
