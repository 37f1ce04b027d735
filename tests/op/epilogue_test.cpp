// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

Shape x() { return {1, 2, 4, 4}; }
Shape weights() { return {3, 2, 1, 1}; }
Shape y() { return {1, 3, 4, 4}; }

TensorType u8_x() { return type_of(DType::u8, x(), {0.5F}); }
TensorType i8_weights() { return type_of(DType::i8, weights(), {1, 2, 3}); }

TEST(Epilogue, TakesABiasAndAResidualOfTheResultsShape) {
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, {f32(x()), f32(weights()), f32({3}), f32(y())}), f32(y())));
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, {f32(x()), f32(weights()), std::nullopt, f32(y())}), f32(y())));
  EXPECT_TRUE(
      refuses(inferred(OpKind::conv2d, {f32(x()), f32(weights()), f32({2})}), {"input 2 (bias)", "[2]", "[3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {f32(x()), f32(weights()), std::nullopt, f32(x())}),
                      {"input 3 (residual)", "[1, 2, 4, 4]", "[1, 3, 4, 4]"}));
}

TEST(Epilogue, KnowsActivations) {
  const Inputs inputs{f32(x()), f32(weights())};
  EXPECT_TRUE(inferred(OpKind::conv2d, inputs, {{"activation", "hardswish"}}).ok());
  EXPECT_TRUE(inferred(OpKind::conv2d, inputs, {{"activation", ""}}).ok());
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"activation", "add"}}), {"activation", "add"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::conv2d, inputs, {{"activation", "clamp"}, {"alpha", 2.0}, {"beta", 1.0}}), {"[2, 1]"}));
}

TEST(Epilogue, GivesBf16OrF32ForBf16) {
  const Inputs inputs{bf16(x()), bf16(weights()), f32({3}), bf16(y())};
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs), bf16(y())));
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs, {{"out_dtype", "f32"}}), f32(y())));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"out_dtype", "u8"}}), {"out_dtype", "bf16, f32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {bf16(x()), f32(weights())}), {"weights", "bf16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {bf16(x()), bf16(weights()), bf16({3})}), {"bias", "f32"}));
}

TEST(Epilogue, GivesF32OrBf16ForF32) {
  const Inputs inputs{f32(x()), f32(weights()), f32({3}), f32(y())};
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs), f32(y())));
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs, {{"out_dtype", "bf16"}}), bf16(y())));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"out_dtype", "i8"}}), {"out_dtype", "f32, bf16"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::conv2d, {f32(x()), i8_weights()}, {{"out_dtype", "bf16"}}), {"out_dtype", "f32"}));
}

TEST(Epilogue, GivesF32OrScaledEightBitForEightBit) {
  const Inputs inputs{u8_x(), i8_weights(), f32({3}), type_of(DType::i8, y(), {4})};
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs), f32(y())));
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs, {{"out_dtype", "i8"}, {"out_scale", 0.25}}),
                     type_of(DType::i8, y(), {0.25F})));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"out_dtype", "i8"}}), {"out_scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"out_dtype", "i8"}, {"out_scale", -1.0}}), {"out_scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, inputs, {{"out_dtype", "i32"}}), {"out_dtype", "i32"}));
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, inputs, {{"out_dtype", "bf16"}}), bf16(y())));
}

TEST(Epilogue, GivesAZeroPointToAnEightBitResult) {
  TensorType result = type_of(DType::i8, y(), {0.25F});
  result.quantization.zero_point = -7;
  const Attributes form = {{"out_dtype", "i8"}, {"out_scale", 0.25}, {"out_zero_point", -7}};
  EXPECT_TRUE(infers(inferred(OpKind::conv2d, {u8_x(), i8_weights()}, form), result));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {u8_x(), i8_weights()},
                               {{"out_dtype", "u8"}, {"out_scale", 0.25}, {"out_zero_point", -7}}),
                      {"out_zero_point", "-7"}));
}

TEST(Epilogue, ChecksScalesOfEightBitInputs) {
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {type_of(DType::u8, x()), i8_weights()}), {"input 0", "scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {u8_x(), type_of(DType::i8, weights())}), {"input 1", "0 scales"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {u8_x(), type_of(DType::i8, weights(), {1, 1}, 1)}), {"axis 1"}));
  EXPECT_TRUE(inferred(OpKind::conv2d, {u8_x(), type_of(DType::i8, weights(), {1})}).ok());
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {u8_x(), type_of(DType::u8, weights(), {1})}), {"weights", "i8"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {u8_x(), i8_weights(), std::nullopt, type_of(DType::u8, y())}),
                      {"residual", "scale"}));
}

}  // namespace
}  // namespace rheo::testing
