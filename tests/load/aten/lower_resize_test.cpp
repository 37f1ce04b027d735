// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

AtenSample resized(const char* target, testing::AtenArguments more) {
  more.emplace_back("align_corners", truth(false));
  return one_aten(target, {{"input", {kDynamic, 2, 4, 6}}}, std::move(more));
}

testing::AtenArguments factors(std::vector<double> list) {
  Argument::List items;
  for (const double factor : list) items.push_back(real(factor));
  return {{"output_size", Argument()}, {"scale_factors", Argument(std::move(items))}};
}

TEST(AtenResize, TakesSizesOrFactors) {
  EXPECT_EQ(resized("aten.upsample_bilinear2d.vec", {{"output_size", numbers({3, 9})}, {"scale_factors", Argument()}})
                .shape(),
            (Shape{kDynamic, 2, 3, 9}));
  EXPECT_EQ(resized("aten.upsample_bilinear2d.vec", factors({2, 1.7})).shape(), (Shape{kDynamic, 2, 8, 10}));
}

TEST(AtenResize, RefusesNeither) {
  EXPECT_FALSE(resized("aten.upsample_bilinear2d.vec", {{"output_size", Argument()}, {"scale_factors", Argument()}})
                   .refusal()
                   .ok());
  EXPECT_FALSE(resized("aten.upsample_bilinear2d.vec", factors({2})).refusal().ok());
  EXPECT_FALSE(resized("aten.upsample_bilinear2d.vec", factors({-2, 1e300})).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten
