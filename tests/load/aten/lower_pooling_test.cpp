// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenPooling, StridesAreTheWindowUnlessGiven) {
  EXPECT_EQ(
      one_aten("aten.max_pool2d.default", {{"self", {kDynamic, 1, 8, 8}}}, {{"kernel_size", numbers({2})}}).shape(),
      (Shape{kDynamic, 1, 4, 4}));
  EXPECT_EQ(one_aten("aten.avg_pool1d.default", {{"self", {kDynamic, 1, 9}}},
                     {{"kernel_size", numbers({3})}, {"stride", numbers({1})}})
                .shape(),
            (Shape{kDynamic, 1, 7}));
}

TEST(AtenPooling, OverEverythingIsGlobal) {
  EXPECT_EQ(
      one_aten("aten.adaptive_avg_pool2d.default", {{"self", {kDynamic, 1, 8, 8}}}, {{"output_size", numbers({1, 1})}})
          .ops(),
      Ops{"global_avg_pool"});
}

TEST(AtenPooling, RefusesWhatItCannotDo) {
  const auto pooled = [](const char* target, testing::AtenArguments more, const Shape& shape = {kDynamic, 1, 8, 8}) {
    return one_aten(target, {{"self", shape}}, std::move(more)).refusal().code();
  };
  EXPECT_EQ(pooled("aten.max_pool2d.default", {{"kernel_size", numbers({0})}}), StatusCode::unsupported);
  EXPECT_EQ(pooled("aten.max_pool2d.default", {{"kernel_size", numbers({2})}}, {1, 8, 8}), StatusCode::unsupported);
  EXPECT_EQ(pooled("aten.avg_pool2d.default", {{"kernel_size", numbers({2})}, {"divisor_override", number(3)}}),
            StatusCode::unsupported);
  EXPECT_EQ(pooled("aten.adaptive_max_pool2d.default", {{"output_size", numbers({3, 3})}}), StatusCode::unsupported);
  AtenSample indices;
  indices.input("x", DType::f32, {1, 1, 4, 4});
  indices.node("aten.max_pool2d_with_indices.default", {{"self", value_named("x")}, {"kernel_size", numbers({2})}},
               {"y", "places"});
  EXPECT_EQ(indices.output("y").refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::aten
