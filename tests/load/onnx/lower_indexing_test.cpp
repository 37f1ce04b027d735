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

TEST(OnnxIndexing, LooksRowsUpForAnOpenBatch) {
  OnnxSample sample;
  sample.input("tokens", ElementType::i64, {"batch", "3"});
  sample.constant("table", testing::random_tensor_of(DType::f32, {10, 4}, 1));
  sample.node("Gather", {"table", "tokens"}, {"y"}).output("y");
  EXPECT_EQ(answer_shape(sample), (Shape{kDynamic, 3, 4}));
}

TEST(OnnxIndexing, MakesOneHotRowsOfAnyIndexType) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).constant("depth", testing::tensor_of(DType::i64, {}, {3}));
  sample.constant("values", f32_of({2}, {0, 5})).node("OneHot", {"x", "depth", "values"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({f32_of({2}, {2, 0})})[0], f32_of({2, 3}, {0, 0, 5, 5, 0, 0})));
}

}  // namespace
}  // namespace rheo::onnx
