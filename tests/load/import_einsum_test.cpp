// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::answer_shape;
using testing::f32_of;
using testing::integer_attribute;
using testing::integers_attribute;
using testing::one_operator;
using testing::OnnxSample;
using testing::ops_of;
using Names = std::vector<std::string>;

Tensor answer(const std::string& equation, const std::vector<Tensor>& inputs) {
  std::vector<std::vector<std::string>> dimensions;
  for (const Tensor& input : inputs) {
    std::vector<std::string>& shape = dimensions.emplace_back();
    for (const std::int64_t dim : input.shape().dims()) shape.push_back(std::to_string(dim));
  }
  return one_operator("Einsum", dimensions, {testing::text_attribute("equation", equation)}).answers(inputs)[0];
}

TEST(ImportEinsum, MultipliesSumsAndTransposes) {
  const Tensor a = f32_of({2, 2}, {1, 2, 3, 4});
  const Tensor b = f32_of({2, 2}, {5, 6, 7, 8});
  EXPECT_TRUE(testing::is_close(answer("ij,jk->ki", {a, b}), f32_of({2, 2}, {19, 43, 22, 50})));
  EXPECT_TRUE(testing::is_close(answer("ij,ij->", {a, b}), f32_of({}, {70})));
  EXPECT_TRUE(testing::is_close(answer("i,j->ij", {f32_of({2}, {1, 2}), f32_of({3}, {1, 10, 100})}),
                                f32_of({2, 3}, {1, 10, 100, 2, 20, 200})));
  EXPECT_TRUE(testing::is_close(answer("ij->i", {a}), f32_of({2}, {3, 7})));
  EXPECT_TRUE(testing::is_close(answer("ij,jk,kl->il", {a, b, a}), f32_of({2, 2}, {85, 126, 193, 286})));
}

TEST(ImportEinsum, TakesDiagonals) {
  EXPECT_TRUE(
      testing::is_close(answer("ii->i", {f32_of({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})}), f32_of({3}, {1, 5, 9})));
  EXPECT_TRUE(testing::is_close(answer("ii", {f32_of({2, 2}, {1, 2, 3, 4})}), f32_of({}, {5})));
}

TEST(ImportEinsum, KeepsTheBatchOpen) {
  const auto sample = one_operator("Einsum", {{"batch", "2", "3"}, {"batch", "3", "4"}},
                                   {testing::text_attribute("equation", "bij,bjk->bik")});
  EXPECT_EQ(answer_shape(sample), (Shape{kDynamic, 2, 4}));
}

}  // namespace
}  // namespace rheo::onnx
