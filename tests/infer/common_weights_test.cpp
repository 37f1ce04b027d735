// SPDX-License-Identifier: Apache-2.0
#include "infer/common_weights.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "infer/sample_steps.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::random_tensor;

// A linear layer and a table that belongs to one size alone: [rows, 4].
GraphPointer sized_graph(std::int64_t rows) {
  GraphBuilder builder;
  const ValueId x = builder.add_input("x", {DType::f32, {kDynamic, rows, 4}, {}}).value();
  const ValueId w = builder.add_constant("w", random_tensor({8, 4}, 3)).value();
  const ValueId table = builder.add_constant("table", random_tensor({1, rows, 8}, 4)).value();
  const ValueId y = builder.add_node(OpKind::linear, {x, w}).value();
  EXPECT_TRUE(builder.add_exit("final", builder.add_node(OpKind::add, {y, table}).value()).ok());
  return builder.build().value();
}

const Value& constant(const Graph& graph, std::string_view name) {
  return *std::ranges::find_if(graph.values(), [&](const Value& value) { return value.name == name; });
}

std::shared_ptr<PlanSet> plans_of_size(std::int64_t rows, std::shared_ptr<const CommonWeights> common = {}) {
  constexpr std::array kPrecisions = {Precision::f32, Precision::bf16};
  return PlanSet::create(sized_graph(rows), {}, kPrecisions, {.common = std::move(common)}).value();
}

TEST(CommonWeights, EqualConstantsAreOneAndOthersStayTheirOwn) {
  const auto base = plans_of_size(6);
  const auto common = CommonWeights::of(*base);
  const auto other = plans_of_size(9, common);
  for (const Precision precision : {Precision::f32, Precision::bf16}) {
    const Graph& first = *base->graph(precision);
    const Graph& second = *other->graph(precision);
    EXPECT_EQ(constant(first, "w").constant.data(), constant(second, "w").constant.data()) << name_of(precision);
    EXPECT_TRUE(common->owns(constant(second, "w").constant.data()));
    EXPECT_FALSE(common->owns(constant(second, "table").constant.data()));
    EXPECT_TRUE(verify(second).ok());
  }
}

TEST(CommonWeights, PacksAreMadeOnceForAllSizes) {
  const auto base = plans_of_size(6);
  ASSERT_TRUE(base->plan(Precision::f32, 1).ok());
  const std::size_t bytes = base->weights_bytes();
  EXPECT_GT(bytes, 0U);
  const auto other = plans_of_size(9, CommonWeights::of(*base));
  ASSERT_TRUE(other->plan(Precision::f32, 1).ok());
  EXPECT_EQ(other->weights_bytes(), 0U);
  EXPECT_EQ(base->weights_bytes(), bytes);
}

TEST(CommonWeights, OutliveTheirFirstSet) {
  auto base = plans_of_size(6);
  auto common = CommonWeights::of(*base);
  base.reset();
  const auto other = plans_of_size(9, std::move(common));
  EXPECT_TRUE(other->plan(Precision::f32, 1).ok());
}

}  // namespace
}  // namespace rheo
