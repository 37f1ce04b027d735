// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

testing::AtenArguments settings(std::vector<std::pair<std::string, Argument>> more = {}) { return more; }

AtenSample conv(testing::AtenArguments more, const Shape& x = {kDynamic, 2, 8, 8}, const Shape& w = {4, 2, 3, 3}) {
  return one_aten("aten.conv2d.default", {{"input", x}, {"weight", w}}, std::move(more));
}

TEST(AtenConvolution, TakesOneNumberForBothDimensions) {
  EXPECT_EQ(conv({{"stride", numbers({2})}, {"padding", numbers({1})}}).shape(), (Shape{kDynamic, 4, 4, 4}));
  EXPECT_EQ(conv(settings()).shape(), (Shape{kDynamic, 4, 6, 6}));
}

TEST(AtenConvolution, PadsByName) {
  AtenSample same = one_aten("aten.conv2d.padding", {{"input", {kDynamic, 2, 8, 8}}, {"weight", {4, 2, 4, 3}}},
                             {{"padding", text("same")}});
  EXPECT_EQ(same.shape(), (Shape{kDynamic, 4, 8, 8}));
  const auto graph = same.graph();
  EXPECT_EQ(graph->node(0).attributes.integers("pads"), (std::vector<std::int64_t>{1, 1, 2, 1}));
}

TEST(AtenConvolution, TakesLinesForPictures) {
  EXPECT_EQ(one_aten("aten.conv1d.default", {{"input", {kDynamic, 2, 9}}, {"weight", {4, 2, 3}}}).shape(),
            (Shape{kDynamic, 4, 7}));
  EXPECT_EQ(one_aten("aten.conv_transpose1d.default", {{"input", {kDynamic, 2, 9}}, {"weight", {2, 4, 3}}},
                     {{"stride", numbers({2})}, {"output_padding", numbers({1})}})
                .shape(),
            (Shape{kDynamic, 4, 20}));
}

TEST(AtenConvolution, RefusesSettingsThatCannotBe) {
  const auto refused = [](const char* name, std::vector<std::int64_t> list) {
    return conv({{name, numbers(std::move(list))}}).refusal().code();
  };
  EXPECT_EQ(refused("stride", {0}), StatusCode::unsupported);
  EXPECT_EQ(refused("stride", {1, 1, 1}), StatusCode::unsupported);
  EXPECT_EQ(refused("padding", {-1}), StatusCode::unsupported);
  EXPECT_EQ(refused("dilation", {std::int64_t{1} << 40}), StatusCode::unsupported);
  EXPECT_EQ(conv({{"groups", number(3)}}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(conv({}, {2, 8, 8}, {4, 2, 3, 3}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(conv({}, {kDynamic, 2, 8, 8, 8}, {4, 2, 3, 3, 3}).refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::aten
