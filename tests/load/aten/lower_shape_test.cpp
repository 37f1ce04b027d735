// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenShape, KeepsTheBatchWhereItCan) {
  EXPECT_EQ(one_aten("aten.flatten.using_ints", {{"self", {kDynamic, 2, 3}}}, {{"start_dim", number(1)}}).shape(),
            (Shape{kDynamic, 6}));
  EXPECT_EQ(one_aten("aten.view.default", {{"self", {kDynamic, 6}}}, {{"size", numbers({-1, 2, 3})}}).shape(),
            (Shape{kDynamic, 2, 3}));
  EXPECT_EQ(one_aten("aten.unflatten.int", {{"self", {kDynamic, 6}}}, {{"dim", number(1)}, {"sizes", numbers({2, -1})}})
                .shape(),
            (Shape{kDynamic, 2, 3}));
  EXPECT_EQ(one_aten("aten.squeeze.default", {{"self", {kDynamic, 1, 3, 1}}}).shape(), (Shape{kDynamic, 3}));
  EXPECT_EQ(one_aten("aten.squeeze.dim", {{"self", {kDynamic, 1, 3}}}, {{"dim", number(2)}}).shape(),
            (Shape{kDynamic, 1, 3}));
  EXPECT_EQ(one_aten("aten.unsqueeze.default", {{"self", {kDynamic, 3}}}, {{"dim", number(-1)}}).shape(),
            (Shape{kDynamic, 3, 1}));
  EXPECT_EQ(one_aten("aten.expand.default", {{"self", {kDynamic, 1}}}, {{"size", numbers({-1, 4})}}).shape(),
            (Shape{kDynamic, 4}));
}

TEST(AtenShape, MovesDimensions) {
  EXPECT_EQ(one_aten("aten.movedim.intlist", {{"self", {kDynamic, 2, 3, 4}}},
                     {{"source", numbers({3, 1})}, {"destination", numbers({1, 2})}})
                .shape(),
            (Shape{kDynamic, 4, 2, 3}));
  EXPECT_EQ(one_aten("aten.permute.default", {{"self", {kDynamic, 2, 3}}}, {{"dims", numbers({0, -1, 1})}}).shape(),
            (Shape{kDynamic, 3, 2}));
}

TEST(AtenShape, RefusesShapesThatCannotBe) {
  const auto code = [](const char* target, const Shape& x, testing::AtenArguments more) {
    return one_aten(target, {{"self", x}}, std::move(more)).refusal().code();
  };
  EXPECT_EQ(code("aten.view.default", {2, 6}, {{"size", numbers({5, -1})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.view.default", {2, 6}, {{"size", numbers({-1, -1})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.permute.default", {2, 6}, {{"dims", numbers({0})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.permute.default", {2, 6}, {{"dims", numbers({0, 0})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.expand.default", {2, 6}, {{"size", numbers({6})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.expand.default", {2, 1}, {{"size", numbers({-1, 2, 6})}}), StatusCode::unsupported);
  EXPECT_EQ(code("aten.flatten.using_ints", {2, 6, 2}, {{"start_dim", number(2)}, {"end_dim", number(0)}}),
            StatusCode::unsupported);
  EXPECT_EQ(code("aten.movedim.int", {2, 6}, {{"source", numbers({0, 1})}, {"destination", number(0)}}),
            StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::aten
