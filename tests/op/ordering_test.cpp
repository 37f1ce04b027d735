// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Ordering, TopKHasValuesAndIndices) {
  const TensorType x = type_of(DType::i8, {kDynamic, 9}, {0.5F});
  const Attributes attributes{{"k", 4}};
  const TensorType* input = &x;
  const std::vector<TensorType> types = infer_types(OpKind::top_k, {attributes, {&input, 1}}).value();
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0], type_of(DType::i8, {kDynamic, 4}, {0.5F}));
  EXPECT_EQ(types[1], type_of(DType::i64, {kDynamic, 4}));
}

TEST(Ordering, TopKChecksK) {
  EXPECT_TRUE(infers(inferred(OpKind::top_k, {f32({3})}, {{"k", 0}}), f32({0})));
  EXPECT_TRUE(refuses(inferred(OpKind::top_k, {f32({3})}, {{"k", 4}}), {"top_k", "\"k\" is 4", "3 elements"}));
  EXPECT_TRUE(refuses(inferred(OpKind::top_k, {f32({3})}, {{"k", -1}}), {"\"k\" is -1"}));
  EXPECT_TRUE(refuses(inferred(OpKind::top_k, {f32({3})}), {"k", "missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::top_k, {f32({kDynamic, 3})}, {{"k", 1}, {"axis", 0}}), {"batch"}));
}

TEST(Ordering, CumsumKeepsTheType) {
  EXPECT_TRUE(infers(inferred(OpKind::cumsum, {f32({kDynamic, 3})}, {{"axis", 1}}), f32({kDynamic, 3})));
  EXPECT_TRUE(infers(inferred(OpKind::cumsum, {type_of(DType::i32, {3})}, {{"axis", -1}}), type_of(DType::i32, {3})));
  EXPECT_TRUE(refuses(inferred(OpKind::cumsum, {f32({kDynamic, 3})}, {{"axis", 0}}), {"cumsum", "batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::cumsum, {f32({3})}), {"axis", "missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::cumsum, {type_of(DType::u8, {3}, {1})}, {{"axis", 0}}), {"u8"}));
}

}  // namespace
}  // namespace rheo::testing
