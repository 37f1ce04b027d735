// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TensorType places(const Shape& shape) { return type_of(DType::i64, shape); }

TEST(Scattering, ElementsHaveOneUpdateEach) {
  const Attributes axis{{"axis", 1}};
  const Inputs open{f32({kDynamic, 6}), places({kDynamic, 2}), f32({kDynamic, 2})};
  EXPECT_TRUE(infers(inferred(OpKind::scatter_elements, open, axis), f32({kDynamic, 6})));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_elements, open), {"scatter_elements", "batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_elements, {f32({4}), places({kDynamic}), f32({kDynamic})}),
                      {"write over each other"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_elements, {f32({4}), places({2}), f32({3})}), {"updates", "[2]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_elements, {f32({4, 4}), places({2, 5}), f32({2, 5})}), {"longer"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_elements, {f32({4}), places({2}), bf16({2})}), {"updates", "bf16"}));
}

TEST(Scattering, ReductionsNeedTypesThatHaveThem) {
  const auto scattered = [](const TensorType& x, const char* reduction) {
    TensorType updates = x;
    updates.shape = {2};
    return inferred(OpKind::scatter_elements, {x, places({2}), updates}, {{"reduction", reduction}});
  };
  EXPECT_TRUE(infers(scattered(f32({4}), "add"), f32({4})));
  EXPECT_TRUE(infers(scattered(type_of(DType::i64, {4}), "mul"), type_of(DType::i64, {4})));
  EXPECT_TRUE(infers(scattered(type_of(DType::u8, {4}, {1}), "max"), type_of(DType::u8, {4}, {1})));
  EXPECT_TRUE(infers(scattered(type_of(DType::boolean, {4}), "none"), type_of(DType::boolean, {4})));
  EXPECT_TRUE(refuses(scattered(type_of(DType::u8, {4}, {1}), "add"), {"u8"}));
  EXPECT_TRUE(refuses(scattered(type_of(DType::boolean, {4}), "min"), {"bool"}));
  EXPECT_TRUE(refuses(scattered(f32({4}), "div"), {"reduction", "div"}));
}

TEST(Scattering, NdWritesSlices) {
  EXPECT_TRUE(infers(inferred(OpKind::scatter_nd, {f32({4, 5, 6}), places({7, 2}), f32({7, 6})}), f32({4, 5, 6})));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_nd, {f32({4, 5, 6}), places({7, 2}), f32({7, 5})}), {"[7, 6]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_nd, {f32({4, 5}), places({7, 3}), f32({7})}), {"last dimension"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_nd, {f32({kDynamic, 5}), places({7, 1}), f32({7, 5})}), {"batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::scatter_nd, {f32({4}), places({kDynamic, 1}), f32({kDynamic})}),
                      {"write over each other"}));
}

}  // namespace
}  // namespace rheo::testing
