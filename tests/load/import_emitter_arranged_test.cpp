// SPDX-License-Identifier: Apache-2.0
// Models that move the batch about: what stays open must compute the same as what was imported for that many items.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using onnx::ElementType;
using testing::f32_of;
using testing::integers_attribute;
using testing::OnnxSample;

constexpr std::int64_t kItems = 2;

Tensor counted(const Shape& shape, double step) {
  std::vector<double> elements(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = std::sin(step * static_cast<double>(i + 1));
  return testing::tensor_of(DType::f32, shape, elements);
}

void expect_open_batch_changes_nothing(const OnnxSample& sample, const Shape& item) {
  ASSERT_FALSE(sample.graph()->inputs().empty());
  EXPECT_EQ(sample.graph()->value(sample.graph()->inputs()[0].value).type.shape[0], kDynamic);
  Shape shape = item;
  shape[0] = kItems;
  const std::vector<Tensor> inputs = {counted(shape, 0.7)};
  const Tensor open = sample.answers(inputs)[0];
  const Tensor fixed = sample.answers(inputs, {.batch = kItems})[0];
  EXPECT_TRUE(testing::is_identical(open, fixed));
}

OnnxSample words_first() {  // [batch, 3 words, 4 features], then as torch's layers want it without batch_first
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "3", "4"});
  sample.node("Transpose", {"x"}, {"t"}, {integers_attribute("perm", {1, 0, 2})});
  return sample;
}

TEST(ImportEmitterArranged, ComputesBetweenTwoTransposes) {
  OnnxSample sample = words_first();
  sample.constant("w", counted({4, 6}, 0.3)).constant("b", counted({6}, 0.2)).constant("c", counted({3, 1, 6}, 0.9));
  sample.node("MatMul", {"t", "w"}, {"p"}).node("Add", {"p", "b"}, {"q"}).node("Mul", {"q", "c"}, {"r"});
  sample.node("Relu", {"r"}, {"s"}).node("Add", {"s", "q"}, {"u"});
  sample.node("Softmax", {"u"}, {"v"}, {testing::integer_attribute("axis", 0)});
  sample.node("Transpose", {"v"}, {"y"}, {integers_attribute("perm", {1, 0, 2})}).output("y");
  expect_open_batch_changes_nothing(sample, {1, 3, 4});
  const std::vector<std::string> ops = testing::kinds(*sample.graph());
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "transpose"), 0);  // both are gone
}

// Found by random changes: the batch is moved by what no permutation is.
TEST(ImportEmitterArranged, RefusesWhatIsNoPermutation) {
  for (const std::vector<std::int64_t>& order :
       std::vector<std::vector<std::int64_t>>{{5, 0, 1},
                                              {1, 0},
                                              {1, 1, 0},
                                              {-1, 0, 2},
                                              {0, 1},
                                              {0, 0, 2},
                                              {1, 0, 2, 3},
                                              {std::numeric_limits<std::int64_t>::max(), 0, 1}}) {
    for (const bool twice : {false, true}) {
      OnnxSample sample;
      sample.input("x", ElementType::f32, {"batch", "3", "4"});
      if (twice) sample.node("Transpose", {"x"}, {"t"}, {integers_attribute("perm", {1, 0, 2})});
      sample.node("Transpose", {twice ? "t" : "x"}, {"y"}, {integers_attribute("perm", order)}).output("y");
      EXPECT_FALSE(sample.refusal().ok()) << order[0] << " of " << order.size();
    }
  }
}

// [words, batch, heads * features] -> [words, batch * heads, features] -> back, as torch.nn.MultiheadAttention does.
TEST(ImportEmitterArranged, JoinsTheBatchWithTheHeads) {
  OnnxSample sample = words_first();
  sample.node("Shape", {"x"}, {"sizes"}).integers("zero", {0}).node("Gather", {"sizes", "zero"}, {"items"});
  sample.integers("heads", {2}).integers("features", {2}).integers("words", {3}).integers("width", {4});
  sample.node("Mul", {"items", "heads"}, {"rows"});
  const onnx::Attribute axis = testing::integer_attribute("axis", 0);
  sample.node("Concat", {"words", "rows", "features"}, {"apart"}, {axis}).node("Reshape", {"t", "apart"}, {"h"});
  sample.node("Transpose", {"h"}, {"k"}, {integers_attribute("perm", {1, 0, 2})});
  sample.node("Concat", {"items", "heads", "words", "features"}, {"four"}, {axis})
      .node("Reshape", {"k", "four"}, {"a"});
  sample.node("Transpose", {"a"}, {"b"}, {integers_attribute("perm", {0, 1, 3, 2})});
  sample.node("MatMul", {"a", "b"}, {"scores"}).node("MatMul", {"scores", "a"}, {"mixed"});
  sample.node("Transpose", {"mixed"}, {"m"}, {integers_attribute("perm", {2, 0, 1, 3})});
  sample.node("Mul", {"items", "words"}, {"all"}).node("Concat", {"all", "width"}, {"flat"}, {axis});
  sample.node("Reshape", {"m", "flat"}, {"f"}).constant("w", counted({4, 5}, 0.4)).node("MatMul", {"f", "w"}, {"g"});
  sample.integers("five", {5}).node("Concat", {"words", "items", "five"}, {"last"}, {axis});
  sample.node("Reshape", {"g", "last"}, {"n"});
  sample.node("Transpose", {"n"}, {"y"}, {integers_attribute("perm", {1, 0, 2})}).output("y");
  expect_open_batch_changes_nothing(sample, {1, 3, 4});
}

TEST(ImportEmitterArranged, PicksAndCutsWhereTheBatchIsNot) {
  OnnxSample sample = words_first();
  sample.constant("one", testing::tensor_of(DType::i64, Shape{}, {1})).node("Gather", {"t", "one"}, {"word"});
  sample.integers("from", {1}).integers("to", {3}).integers("along", {1});
  sample.node("Slice", {"word", "from", "to", "along"}, {"y"}).output("y");
  expect_open_batch_changes_nothing(sample, {1, 3, 4});
}

// The last state of torch's recurrent layers: [1, batch, features] without its first dimension.
TEST(ImportEmitterArranged, DropsADimensionInFrontOfTheBatch) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "1", "4"});
  sample.node("Transpose", {"x"}, {"t"}, {integers_attribute("perm", {1, 0, 2})}).integers("first", {0});
  sample.node("Squeeze", {"t", "first"}, {"s"})
      .node("Concat", {"s", "s"}, {"c"}, {testing::integer_attribute("axis", 1)});
  sample.node("Softmax", {"c"}, {"y"}).output("y");
  expect_open_batch_changes_nothing(sample, {1, 1, 4});
}

TEST(ImportEmitterArranged, AsksForAFixedBatchWhereItIsCut) {
  OnnxSample cut = words_first();
  cut.integers("zero", {0})
      .node("Gather", {"t", "zero"}, {"a"})
      .integers("flat", {-1, 2})
      .node("Reshape", {"t", "flat"}, {"y"});
  cut.output("y");
  EXPECT_NE(cut.graph()->value(cut.graph()->inputs()[0].value).type.shape[0], kDynamic);  // imported for one item
  OnnxSample summed = words_first();
  summed.node("ReduceSum", {"t"}, {"y"}).output("y");
  EXPECT_NE(summed.graph()->value(summed.graph()->inputs()[0].value).type.shape[0], kDynamic);
}

}  // namespace
}  // namespace rheo
