// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TensorType whole(DType dtype, const Shape& shape) { return type_of(dtype, shape); }

TEST(Reduction, DropsOrKeepsTheAxes) {
  EXPECT_TRUE(
      infers(inferred(OpKind::reduce_sum, {f32({kDynamic, 3, 4})}, {{"axes", Integers{2}}}), f32({kDynamic, 3})));
  EXPECT_TRUE(infers(inferred(OpKind::reduce_l2, {bf16({2, 3, 4})}, {{"axes", Integers{-1, 0}}, {"keep_dims", 1}}),
                     bf16({1, 3, 1})));
  EXPECT_TRUE(infers(inferred(OpKind::reduce_max, {f32({2, 3})}), f32({})));
  EXPECT_TRUE(infers(inferred(OpKind::reduce_max, {f32({2, 3})}, {{"keep_dims", 1}}), f32({1, 1})));
  EXPECT_TRUE(infers(inferred(OpKind::reduce_sum, {f32({2, 0})}, {{"axes", Integers{1}}}), f32({2})));
}

TEST(Reduction, TakesIntegersWhereTheyStayIntegers) {
  for (OpKind op : {OpKind::reduce_sum, OpKind::reduce_max, OpKind::reduce_min, OpKind::reduce_prod})
    EXPECT_TRUE(infers(inferred(op, {whole(DType::i64, {2})}), whole(DType::i64, {})));
  for (OpKind op : {OpKind::reduce_l1, OpKind::reduce_l2, OpKind::reduce_sum_square, OpKind::reduce_log_sum,
                    OpKind::reduce_log_sum_exp})
    EXPECT_TRUE(refuses(inferred(op, {whole(DType::i32, {2})}), {std::string(name_of(op)), "i32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::reduce_sum, {whole(DType::f16, {2})}), {"f16"}));
}

TEST(Reduction, DoesNotMixABatch) {
  EXPECT_TRUE(refuses(inferred(OpKind::reduce_sum, {f32({kDynamic, 3})}), {"batch", "[?, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::reduce_max, {f32({kDynamic, 3})}, {{"axes", Integers{0}}}), {"batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::reduce_max, {f32({3})}, {{"axes", Integers{1}}}), {"axes", "1"}));
}

TEST(Reduction, ArgExtremesAreIndices) {
  EXPECT_TRUE(infers(inferred(OpKind::argmax, {f32({kDynamic, 5})}, {{"axis", 1}}), whole(DType::i64, {kDynamic})));
  EXPECT_TRUE(infers(inferred(OpKind::argmin, {type_of(DType::u8, {3, 5}, {0.5F})}, {{"axis", -1}, {"keep_dims", 1}}),
                     whole(DType::i64, {3, 1})));
  EXPECT_TRUE(refuses(inferred(OpKind::argmax, {f32({kDynamic, 5})}), {"argmax", "batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::argmax, {f32({2, 0})}, {{"axis", 1}}), {"nothing to choose"}));
  EXPECT_TRUE(refuses(inferred(OpKind::argmax, {whole(DType::boolean, {2})}), {"bool"}));
}

}  // namespace
}  // namespace rheo::testing
