// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TensorType places(const Shape& shape, DType dtype = DType::i64) { return type_of(dtype, shape); }

TEST(Indexing, GatherPutsTheIndicesInPlaceOfTheAxis) {
  EXPECT_TRUE(infers(inferred(OpKind::gather, {f32({100, 8}), places({kDynamic, 5})}), f32({kDynamic, 5, 8})));
  EXPECT_TRUE(infers(inferred(OpKind::gather, {f32({kDynamic, 6, 4}), places({2, 3})}, {{"axis", 1}}),
                     f32({kDynamic, 2, 3, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::gather, {f32({6, 4}), places({}, DType::i32)}, {{"axis", -1}}), f32({6})));
  EXPECT_TRUE(infers(inferred(OpKind::gather, {type_of(DType::i8, {6, 4}, {0.5F}), places({2})}),
                     type_of(DType::i8, {2, 4}, {0.5F})));
}

TEST(Indexing, GatherKeepsItemsApart) {
  EXPECT_TRUE(refuses(inferred(OpKind::gather, {f32({kDynamic, 4}), places({2})}), {"gather", "batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather, {f32({kDynamic, 4}), places({kDynamic})}, {{"axis", 1}}),
                      {"items of a batch", "gather_elements"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather, {f32({2}), f32({2})}), {"indices", "f32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather, {f32({1, 1, 1, 1, 1}), places({1, 1, 1, 1, 1})}), {"dimensions"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather, {type_of(DType::i8, {2, 3}, {1, 2}), places({2})}), {"scales"}));
}

TEST(Indexing, GatherElementsFitsTheIndicesIntoX) {
  EXPECT_TRUE(infers(inferred(OpKind::gather_elements, {f32({kDynamic, 6}), places({kDynamic, 9})}, {{"axis", 1}}),
                     f32({kDynamic, 9})));
  EXPECT_TRUE(infers(inferred(OpKind::gather_elements, {f32({5, 6}), places({9, 4})}), f32({9, 4})));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_elements, {f32({5, 6}), places({9, 7})}), {"[9, 7]", "longer"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::gather_elements, {f32({kDynamic, 6}), places({2, 6})}, {{"axis", 1}}), {"open"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_elements, {f32({4, 6}), places({6})}), {"rank 2"}));
}

TEST(Indexing, GatherNdReadsTuples) {
  EXPECT_TRUE(infers(inferred(OpKind::gather_nd, {f32({4, 5, 6}), places({7, 2})}), f32({7, 6})));
  EXPECT_TRUE(
      infers(inferred(OpKind::gather_nd, {f32({kDynamic, 5, 6}), places({kDynamic, 3, 1})}, {{"batch_dims", 1}}),
             f32({kDynamic, 3, 6})));
  EXPECT_TRUE(infers(inferred(OpKind::gather_nd, {f32({4, 5}), places({kDynamic, 2})}), f32({kDynamic})));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_nd, {f32({kDynamic, 5}), places({3, 1})}), {"batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_nd, {f32({4, 5}), places({3, 3})}), {"3 dimensions"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_nd, {f32({4, 5}), places({3, 1})}, {{"batch_dims", 1}}), {"first 1"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_nd, {f32({4, 5}), places({3, 1})}, {{"batch_dims", 2}}), {"batch_dims"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gather_nd, {f32({4}), places({})}), {"batch_dims"}));
}

TEST(Indexing, OneHotAddsADimension) {
  const TensorType values = type_of(DType::u8, {2}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::one_hot, {places({kDynamic, 3}), values}, {{"depth", 7}}),
                     type_of(DType::u8, {kDynamic, 3, 7}, {0.5F})));
  EXPECT_TRUE(infers(inferred(OpKind::one_hot, {places({4}), f32({2})}, {{"depth", 7}, {"axis", 0}}), f32({7, 4})));
  EXPECT_TRUE(refuses(inferred(OpKind::one_hot, {places({4}), f32({3})}, {{"depth", 7}}), {"values", "[2]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::one_hot, {places({4}), f32({2})}, {{"depth", -1}}), {"depth"}));
  EXPECT_TRUE(refuses(inferred(OpKind::one_hot, {places({4}), f32({2})}), {"depth", "missing"}));
}

}  // namespace
}  // namespace rheo::testing
