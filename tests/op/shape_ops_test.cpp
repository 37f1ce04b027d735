// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(ShapeOps, ConcatAddsUpOneAxis) {
  const Attributes axis{{"axis", 1}};
  EXPECT_TRUE(infers(inferred(OpKind::concat, {f32({kDynamic, 2}), f32({kDynamic, 3})}, axis), f32({kDynamic, 5})));
  EXPECT_TRUE(infers(inferred(OpKind::concat, {f32({2})}, {{"axis", -1}}), f32({2})));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({2, 2}), f32({3, 2})}, axis), {"concat", "[3, 2]", "[2, 2]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({2, 2}), f32({2})}, axis), {"[2]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({2, 2}), bf16({2, 2})}, axis), {"bf16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({2, 2}), f32({2, 2})}), {"axis", "missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({kDynamic}), f32({2})}, {{"axis", 0}}), {"dynamic"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({INT64_MAX}), f32({2})}, {{"axis", 0}}), {"elements"}));
  const TensorType x = type_of(DType::u8, {2}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::concat, {x, x}, {{"axis", 0}}), type_of(DType::u8, {4}, {0.5F})));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {x, type_of(DType::u8, {2}, {1})}, {{"axis", 0}}), {"another scale"}));
}

Result<TensorType> sliced(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step) {
  return inferred(OpKind::slice, {f32({size})}, {{"start", start}, {"end", end}, {"step", step}});
}

TEST(ShapeOps, SliceCountsLikePython) {
  EXPECT_TRUE(infers(sliced(10, 2, 8, 3), f32({2})));
  EXPECT_TRUE(infers(sliced(10, 2, 9, 3), f32({3})));
  EXPECT_TRUE(infers(sliced(10, -3, INT64_MAX, 1), f32({3})));
  EXPECT_TRUE(infers(sliced(10, INT64_MIN, INT64_MAX, INT64_MAX), f32({1})));
  EXPECT_TRUE(infers(sliced(10, 8, 2, 1), f32({0})));
  EXPECT_TRUE(infers(sliced(10, 50, 60, 1), f32({0})));
  EXPECT_TRUE(refuses(sliced(10, 0, 10, 0), {"slice", "step"}));
  EXPECT_TRUE(infers(sliced(10, 0, 10, -1), f32({0})));
  EXPECT_TRUE(refuses(inferred(OpKind::slice, {f32({2})}, {{"axis", 1}}), {"axis"}));
}

TEST(ShapeOps, SliceGoesBackwards) {
  EXPECT_TRUE(infers(inferred(OpKind::slice, {f32({10})}, {{"step", -1}}), f32({10})));
  EXPECT_TRUE(infers(inferred(OpKind::slice, {f32({10})}, {{"step", -3}}), f32({4})));
  EXPECT_TRUE(infers(inferred(OpKind::slice, {f32({0})}, {{"step", -1}}), f32({0})));
  EXPECT_TRUE(infers(sliced(10, 8, 2, -2), f32({3})));
  EXPECT_TRUE(infers(sliced(10, -1, -4, -1), f32({3})));
  EXPECT_TRUE(infers(sliced(10, 50, INT64_MIN, -1), f32({10})));
  EXPECT_TRUE(infers(sliced(10, INT64_MAX, INT64_MIN, INT64_MIN), f32({1})));
  EXPECT_TRUE(infers(sliced(10, -50, INT64_MIN, -1), f32({0})));
  EXPECT_TRUE(refuses(inferred(OpKind::slice, {f32({kDynamic, 2})}, {{"step", -1}}), {"dynamic"}));
}

TEST(ShapeOps, SliceTakesADynamicDimensionWhole) {
  EXPECT_TRUE(infers(inferred(OpKind::slice, {f32({kDynamic, 2})}), f32({kDynamic, 2})));
  EXPECT_TRUE(refuses(inferred(OpKind::slice, {f32({kDynamic, 2})}, {{"end", 1}}), {"dynamic"}));
  EXPECT_TRUE(infers(inferred(OpKind::slice, {f32({kDynamic, 2})}, {{"axis", 1}, {"end", 1}}), f32({kDynamic, 1})));
}

TEST(ShapeOps, TransposePermutes) {
  EXPECT_TRUE(infers(inferred(OpKind::transpose, {f32({kDynamic, 2, 3})}, {{"permutation", Integers{2, 0, 1}}}),
                     f32({3, kDynamic, 2})));
  EXPECT_TRUE(refuses(inferred(OpKind::transpose, {f32({1, 2})}, {{"permutation", Integers{0, 0}}}), {"twice"}));
  EXPECT_TRUE(refuses(inferred(OpKind::transpose, {f32({1, 2})}, {{"permutation", Integers{0}}}), {"permutation"}));
  EXPECT_TRUE(refuses(inferred(OpKind::transpose, {f32({1, 2})}, {{"permutation", Integers{0, 2}}}), {"permutation"}));
  EXPECT_TRUE(refuses(inferred(OpKind::transpose, {f32({1, 2})}), {"permutation", "missing"}));
}

TEST(ShapeOps, FlattenJoinsNeighbours) {
  EXPECT_TRUE(infers(inferred(OpKind::flatten, {f32({kDynamic, 2, 3, 4})}), f32({kDynamic, 24})));
  EXPECT_TRUE(infers(inferred(OpKind::flatten, {f32({2, 3, 4})}, {{"start", 0}, {"end", 1}}), f32({6, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::flatten, {f32({kDynamic, 1, 1})}, {{"start", 0}}), f32({kDynamic})));
  EXPECT_TRUE(infers(inferred(OpKind::flatten, {f32({})}), f32({1})));
  EXPECT_TRUE(refuses(inferred(OpKind::flatten, {f32({kDynamic, 2})}, {{"start", 0}}), {"flatten", "dynamic"}));
  EXPECT_TRUE(refuses(inferred(OpKind::flatten, {f32({2, 2})}, {{"start", 1}, {"end", 0}}), {"start"}));
  EXPECT_TRUE(refuses(inferred(OpKind::flatten, {f32({2, 2})}, {{"end", 2}}), {"end"}));
}

TEST(ShapeOps, RefuseToMoveScalesAlongAnAxis) {
  const TensorType weights = type_of(DType::i8, {2, 3}, {1, 2});
  EXPECT_TRUE(refuses(inferred(OpKind::transpose, {weights}, {{"permutation", Integers{1, 0}}}), {"scales"}));
  EXPECT_TRUE(refuses(inferred(OpKind::flatten, {weights}), {"scales"}));
  EXPECT_TRUE(refuses(inferred(OpKind::slice, {weights}), {"scales"}));
}

}  // namespace
}  // namespace rheo::testing
