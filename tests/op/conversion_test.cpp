// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Conversion, QuantizeNamesItsStep) {
  EXPECT_TRUE(infers(inferred(OpKind::quantize, {f32({kDynamic, 2})}, {{"dtype", "u8"}, {"scale", 0.5}}),
                     type_of(DType::u8, {kDynamic, 2}, {0.5F})));
  EXPECT_TRUE(
      infers(inferred(OpKind::quantize, {bf16({2})}, {{"dtype", "i8"}, {"scale", 1}}), type_of(DType::i8, {2}, {1})));
  EXPECT_TRUE(refuses(inferred(OpKind::quantize, {f32({2})}, {{"dtype", "u8"}}), {"quantize", "scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::quantize, {f32({2})}, {{"scale", 1.0}}), {"dtype", "missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::quantize, {f32({2})}, {{"dtype", "i32"}, {"scale", 1.0}}), {"i32"}));
  EXPECT_TRUE(refuses(inferred(OpKind::quantize, {f32({2})}, {{"dtype", "u8"}, {"scale", 1e-300}}), {"scale"}));
}

TEST(Conversion, QuantizeTakesAZeroPointOfItsType) {
  TensorType shifted = type_of(DType::u8, {2}, {0.5F});
  shifted.quantization.zero_point = 200;
  EXPECT_TRUE(
      infers(inferred(OpKind::quantize, {f32({2})}, {{"dtype", "u8"}, {"scale", 0.5}, {"zero_point", 200}}), shifted));
  EXPECT_TRUE(infers(inferred(OpKind::dequantize, {shifted}), f32({2})));
  EXPECT_TRUE(refuses(inferred(OpKind::quantize, {f32({2})}, {{"dtype", "i8"}, {"scale", 0.5}, {"zero_point", 200}}),
                      {"zero_point", "200"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {shifted}), {"zero point 200"}));
  shifted.quantization.zero_point = 256;
  EXPECT_FALSE(inferred(OpKind::dequantize, {shifted}).ok());
}

TEST(Conversion, DequantizeGivesFloats) {
  EXPECT_TRUE(infers(inferred(OpKind::dequantize, {type_of(DType::u8, {2}, {0.5F})}), f32({2})));
  EXPECT_TRUE(infers(inferred(OpKind::dequantize, {type_of(DType::i8, {2}, {1, 2})}, {{"dtype", "bf16"}}), bf16({2})));
  EXPECT_TRUE(refuses(inferred(OpKind::dequantize, {type_of(DType::u8, {2})}), {"without a scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::dequantize, {f32({2})}), {"f32"}));
}

TEST(Conversion, CastTakesAnyDtypeWithoutScale) {
  EXPECT_TRUE(infers(inferred(OpKind::cast, {f32({2})}, {{"dtype", "bf16"}}), bf16({2})));
  EXPECT_TRUE(
      infers(inferred(OpKind::cast, {type_of(DType::boolean, {2})}, {{"dtype", "i64"}}), type_of(DType::i64, {2})));
  EXPECT_TRUE(refuses(inferred(OpKind::cast, {f32({2})}), {"cast", "dtype"}));
  EXPECT_TRUE(refuses(inferred(OpKind::cast, {f32({2})}, {{"dtype", "f64"}}), {"f64"}));
  EXPECT_TRUE(refuses(inferred(OpKind::cast, {type_of(DType::u8, {2}, {1})}, {{"dtype", "f32"}}), {"dequantize"}));
}

TEST(Conversion, ReorderKeepsTheType) {
  const TensorType x = type_of(DType::i8, {1, 2, 3, 4}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::reorder, {x}), x));
}

}  // namespace
}  // namespace rheo::testing
