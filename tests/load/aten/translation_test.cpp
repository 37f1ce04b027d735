// SPDX-License-Identifier: Apache-2.0
#include "load/aten/translation.h"

#include <gtest/gtest.h>

#include "support/aten_sample.h"
#include "support/tensors.h"

namespace rheo::aten {
namespace {

using testing::AtenSample;
using testing::number;
using testing::value_named;

TEST(AtenTranslation, ListsWhatIsMissingAndPassesOverWhatDependsOnIt) {
  AtenSample sample;
  sample.input("x", DType::f32, {2});
  sample.node("aten.strange.default", {{"self", value_named("x")}}, {"a"});
  sample.node("aten.relu.default", {{"self", value_named("a")}}, {"b"});
  sample.node("mine.op.default", {{"self", value_named("b")}}, {"y"}).output("y");
  const Status status = sample.refusal();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("2 operators"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("aten.strange.default (node 'a'"), std::string::npos) << status.message();
}

TEST(AtenTranslation, NamesTheNodeThatItRefuses) {
  AtenSample sample;
  sample.input("x", DType::f32, {2});
  sample.node("aten.add.Tensor", {{"self", value_named("x")}}, {"sum"}).output("sum");
  EXPECT_NE(sample.refusal().message().find("'sum' (aten.add.Tensor) lacks its argument 'other'"), std::string::npos)
      << sample.refusal().message();
}

TEST(AtenTranslation, ComputesSizesAhead) {
  AtenSample sample;
  sample.input("x", DType::f32, {kDynamic, 4, 6});
  sample.node("aten.sym_size.int", {{"self", value_named("x")}, {"dim", number(0)}}, {"batch"});
  sample.node("aten.sym_size.int", {{"self", value_named("x")}, {"dim", number(1)}}, {"rows"});
  sample.node("_operator.floordiv", {{"a", value_named("rows")}, {"b", number(2)}}, {"half"});
  Argument::List size = {value_named("batch"), value_named("half"), number(-1)};
  sample.node("aten.view.default", {{"self", value_named("x")}, {"size", Argument(size)}}, {"y"}).output("y");
  EXPECT_EQ(sample.shape(), (Shape{kDynamic, 2, 12}));
  EXPECT_EQ(sample.ops(), std::vector<std::string>{"reshape"});
}

TEST(AtenTranslation, KnowsWhenAFixedBatchMayHelp) {
  Translation translation{LoadLimits()};
  EXPECT_FALSE(translation.may_go_with_fixed_batch());
  translation.scope().set("x", translation.emitter().add_input("x", {DType::f32, {kDynamic}, {}}).value());
  EXPECT_TRUE(translation.may_go_with_fixed_batch());
  ASSERT_TRUE(translation.add({"aten.strange.default", {}, {"y"}, {}, {}}).ok());
  EXPECT_FALSE(translation.may_go_with_fixed_batch());
}

}  // namespace
}  // namespace rheo::aten
