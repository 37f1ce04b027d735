// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Unary, KeepsTheTypeOfFloats) {
  for (OpKind op : {OpKind::exp, OpKind::erf, OpKind::round, OpKind::atanh, OpKind::leaky_relu, OpKind::selu,
                    OpKind::mish, OpKind::neg, OpKind::sign}) {
    EXPECT_TRUE(infers(inferred(op, {f32({kDynamic, 2})}), f32({kDynamic, 2}))) << name_of(op);
    EXPECT_TRUE(infers(inferred(op, {bf16({})}), bf16({}))) << name_of(op);
    EXPECT_TRUE(refuses(inferred(op, {type_of(DType::boolean, {2})}), {std::string(name_of(op)), "bool"}));
  }
}

TEST(Unary, KeepsIntegersWhereTheyMakeSense) {
  for (DType dtype : {DType::i32, DType::i64}) {
    for (OpKind op : {OpKind::neg, OpKind::abs, OpKind::sign}) {
      EXPECT_TRUE(infers(inferred(op, {type_of(dtype, {3})}), type_of(dtype, {3}))) << name_of(op);
    }
    EXPECT_TRUE(refuses(inferred(OpKind::exp, {type_of(dtype, {3})}), {"exp", std::string(name_of(dtype))}));
  }
}

TEST(Unary, AnswersQuestionsInBool) {
  const TensorType answer = type_of(DType::boolean, {kDynamic, 2});
  EXPECT_TRUE(infers(inferred(OpKind::is_nan, {f32({kDynamic, 2})}), answer));
  EXPECT_TRUE(infers(inferred(OpKind::is_inf, {bf16({kDynamic, 2})}, {{"detect_negative", 0}}), answer));
  EXPECT_TRUE(infers(inferred(OpKind::logical_not, {answer}), answer));
  EXPECT_TRUE(refuses(inferred(OpKind::logical_not, {f32({2})}), {"logical_not", "f32", "bool"}));
  EXPECT_TRUE(refuses(inferred(OpKind::is_nan, {type_of(DType::i32, {2})}), {"is_nan", "i32"}));
}

}  // namespace
}  // namespace rheo::testing
