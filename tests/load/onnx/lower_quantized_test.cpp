// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::answer_shape;
using testing::f32_of;
using testing::integer_attribute;
using testing::integers_attribute;
using testing::one_operator;
using testing::OnnxSample;
using testing::ops_of;
using Names = std::vector<std::string>;

TEST(OnnxQuantized, RoundsHalfToEvenAndSaturates) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"5"}).constant("scale", f32_of({}, {2}));
  sample.constant("zero", testing::tensor_of(DType::u8, {}, {10}));
  sample.node("QuantizeLinear", {"x", "scale", "zero"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({f32_of({5}, {1, 3, -5, 1000, -1000})})[0],
                                    testing::tensor_of(DType::u8, {5}, {10, 12, 8, 255, 0})));
}

TEST(OnnxQuantized, TakesAScalePerChannel) {
  OnnxSample sample;
  sample.input("x", ElementType::i8, {"2", "2"}).constant("scale", f32_of({2}, {1, 10}));
  sample.node("DequantizeLinear", {"x", "scale"}, {"y"}, {integer_attribute("axis", 0)}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::tensor_of(DType::i8, {2, 2}, {1, 2, 3, -4})})[0],
                                    f32_of({2, 2}, {1, 2, 30, -40})));
}

TEST(OnnxQuantized, RefusesOtherWidths) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).constant("scale", f32_of({}, {1}));
  sample.constant("zero", testing::tensor_of(DType::i32, {}, {0}));
  EXPECT_EQ(sample.node("QuantizeLinear", {"x", "scale", "zero"}, {"y"}).output("y").refusal().code(),
            StatusCode::unsupported);
}

// Layers of one row or picture of u8, with weights of this type and zero point in the model or given at run time: the
// first are said in real numbers with the weights as they are stored, the second in whole numbers.
struct LayerCase {
  DType dtype;
  double zero_point;
  int parts;  // stored weights that add up to these
};
const LayerCase kLayers[] = {{DType::i8, 0, 1}, {DType::u8, 128, 1}, {DType::u8, 117, 2}, {DType::i8, 3, 2}};

Tensor weights_of(DType dtype, const Shape& shape) {
  std::vector<double> elements(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<double>(i * 51 % 256) - (dtype == DType::i8 ? 128 : 0);
  }
  return testing::tensor_of(dtype, shape, elements);
}

OnnxSample layer_sample(const std::string& op, const LayerCase& layer, const Tensor& weights, bool is_known) {
  OnnxSample sample;
  if (op == "QLinearConv") {
    sample.input("x", ElementType::u8, {"1", "2", "4", "4"});
  } else {
    sample.input("x", ElementType::u8, {"2", "3"});
  }
  sample.constant("x_scale", f32_of({}, {0.02F})).constant("x_zero", testing::tensor_of(DType::u8, {}, {113}));
  const bool is_conv = op == "QLinearConv";
  const Shape per_channel = {is_conv ? weights.shape()[0] : weights.shape()[1]};
  std::vector<double> scales(static_cast<std::size_t>(per_channel[0]), 0.01);
  scales[0] = 0.02;
  if (is_known) {
    sample.constant("w", weights);
  } else {
    std::vector<std::string> dimensions;
    for (const std::int64_t dimension : weights.shape().dims()) dimensions.push_back(std::to_string(dimension));
    sample.input("w", layer.dtype == DType::u8 ? ElementType::u8 : ElementType::i8, dimensions);
  }
  sample.constant("w_scale", f32_of(per_channel, scales));
  sample.constant("w_zero", testing::tensor_of(layer.dtype, {}, {layer.zero_point}));
  sample.constant("y_scale", f32_of({}, {0.37F})).constant("y_zero", testing::tensor_of(DType::u8, {}, {131}));
  Names inputs = {"x", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero"};
  if (is_conv) {
    sample.constant("bias", testing::tensor_of(DType::i32, per_channel, {100, -4000, 7}));
    inputs.emplace_back("bias");
  }
  sample.node(op, inputs, {"y"});
  return sample.output("y");
}

TEST(OnnxQuantized, LayersKeepTheirWeightsAsTheyAreStored) {
  for (const LayerCase& layer : kLayers) {
    for (const std::string op : {"QLinearConv", "QLinearMatMul"}) {
      SCOPED_TRACE(op + " " + std::to_string(layer.zero_point));
      const bool is_conv = op == "QLinearConv";
      const Tensor x = weights_of(DType::u8, is_conv ? Shape{1, 2, 4, 4} : Shape{2, 3});
      const Tensor weights = weights_of(layer.dtype, is_conv ? Shape{3, 2, 3, 3} : Shape{3, 4});
      const OnnxSample known = layer_sample(op, layer, weights, true);
      EXPECT_EQ(testing::count_kind(*known.graph(), OpKind::dequantize), layer.parts);
      const OnnxSample given = layer_sample(op, layer, weights, false);
      EXPECT_EQ(testing::count_kind(*given.graph(), OpKind::dequantize), 0);
      EXPECT_TRUE(testing::is_identical(known.answers({x})[0], given.answers({x, weights})[0]));
    }
  }
}

TEST(OnnxQuantized, DequantizesWeightsOfEitherType) {
  for (const LayerCase& layer : kLayers) {
    OnnxSample sample;
    const Tensor weights = weights_of(layer.dtype, {2, 3});
    sample.input("x", ElementType::f32, {"2", "3"}).constant("w", weights).constant("scale", f32_of({}, {0.5F}));
    sample.constant("zero", testing::tensor_of(layer.dtype, {}, {layer.zero_point}));
    sample.node("DequantizeLinear", {"w", "scale", "zero"}, {"real"}).node("Add", {"x", "real"}, {"y"}).output("y");
    std::vector<double> expected;
    for (int i = 0; i < 6; ++i) {
      const int stored = i * 51 - (layer.dtype == DType::i8 ? 128 : 0);
      expected.push_back(0.5 * (stored - static_cast<int>(layer.zero_point)));
    }
    // What would take two constants stays a number.
    EXPECT_EQ(testing::count_kind(*sample.graph(), OpKind::dequantize), layer.parts == 1 ? 1 : 0);
    EXPECT_TRUE(
        testing::is_identical(sample.answers({f32_of({2, 3}, {0, 0, 0, 0, 0, 0})})[0], f32_of({2, 3}, expected)));
  }
}

TEST(OnnxQuantized, ReadsTheTypeOfTheResult) {
  const auto quantize = [](std::int64_t type) {
    OnnxSample sample(21);
    sample.input("x", ElementType::f32, {"2"}).constant("scale", f32_of({}, {1}));
    sample.node("QuantizeLinear", {"x", "scale"}, {"y"}, {integer_attribute("output_dtype", type)});
    return sample.output("y");
  };
  const Tensor x = f32_of({2}, {-3, 200});
  EXPECT_TRUE(testing::is_identical(quantize(0).answers({x})[0], testing::tensor_of(DType::u8, {2}, {0, 200})))
      << "the default, written out";
  EXPECT_TRUE(testing::is_identical(quantize(3).answers({x})[0], testing::tensor_of(DType::i8, {2}, {-3, 127})));
  EXPECT_EQ(quantize(6).refusal().code(), StatusCode::unsupported);
  const Status beyond = quantize((std::int64_t{1} << 32) + 2).refusal();
  EXPECT_EQ(beyond.code(), StatusCode::unsupported) << "not what its lower half says";
  EXPECT_NE(beyond.message().find("4294967298"), std::string::npos) << beyond.message();
}

TEST(OnnxQuantized, RefusesBlocks) {
  for (const char* op : {"QuantizeLinear", "DequantizeLinear"}) {
    OnnxSample sample(21);
    sample.input("x", op[0] == 'Q' ? ElementType::f32 : ElementType::u8, {"4"}).constant("scale", f32_of({2}, {1, 2}));
    sample.node(op, {"x", "scale"}, {"y"}, {integer_attribute("axis", 0), integer_attribute("block_size", 2)});
    EXPECT_NE(sample.output("y").refusal().message().find("blocks"), std::string::npos) << op;
  }
}

TEST(OnnxQuantized, LayersAnswerIn8Bits) {
  OnnxSample sample;
  sample.input("x", ElementType::u8, {"1", "1", "2", "2"})
      .constant("w", testing::tensor_of(DType::i8, {1, 1, 1, 1}, {1}));
  sample.constant("one", f32_of({}, {1})).constant("x_zero", testing::tensor_of(DType::u8, {}, {0}));
  sample.constant("w_zero", testing::tensor_of(DType::i8, {}, {0}));
  sample.constant("y_zero", testing::tensor_of(DType::i32, {}, {0}));
  sample.node("QLinearConv", {"x", "one", "x_zero", "w", "one", "w_zero", "one", "y_zero"}, {"y"});
  EXPECT_EQ(sample.output("y").refusal().code(), StatusCode::unsupported);
}

// Rows 10, 20 and 30, 40, with zero points 8 and 28, and steps of 1 and 10.
OnnxSample dequantized(std::int64_t axis, bool is_known) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2", "2"});
  const Tensor stored = testing::tensor_of(DType::u8, {2, 2}, {10, 20, 30, 40});
  is_known ? sample.constant("w", stored) : sample.input("w", ElementType::u8, {"2", "2"});
  sample.constant("scale", f32_of({2}, {1, 10})).constant("zero", testing::tensor_of(DType::u8, {2}, {8, 28}));
  sample.node("DequantizeLinear", {"w", "scale", "zero"}, {"real"}, {integer_attribute("axis", axis)});
  return sample.node("Add", {"x", "real"}, {"y"}).output("y");
}

TEST(OnnxQuantized, TakesAZeroPointPerIndexOfEitherAxis) {
  const Tensor none = f32_of({2, 2}, {0, 0, 0, 0});
  const Tensor stored = testing::tensor_of(DType::u8, {2, 2}, {10, 20, 30, 40});
  for (const std::int64_t axis : {0, 1, -1, -2}) {
    SCOPED_TRACE(axis);
    const bool by_row = axis == 0 || axis == -2;
    const Tensor expected = by_row ? f32_of({2, 2}, {2, 12, 20, 120}) : f32_of({2, 2}, {2, -80, 22, 120});
    EXPECT_EQ(testing::count_kind(*dequantized(axis, true).graph(), OpKind::dequantize), 1);
    EXPECT_TRUE(testing::is_identical(dequantized(axis, true).answers({none})[0], expected));
    EXPECT_TRUE(testing::is_identical(dequantized(axis, false).answers({none, stored})[0], expected));
  }
}

// Weights less their zero points: 2, -8, 22 and 12, once within an i8 and once as two that add up to them.
TEST(OnnxQuantized, LayersTakeAZeroPointPerOutput) {
  for (const double shift : {0.0, 200.0}) {
    SCOPED_TRACE(shift);
    const auto zeros = [&](double a, double b) { return testing::tensor_of(DType::u8, {2}, {a, b}); };
    OnnxSample product;
    product.input("x", ElementType::u8, {"1", "2"}).constant("one", f32_of({}, {1}));
    product.constant("none", testing::tensor_of(DType::u8, {}, {0}))
        .constant("y_zero", testing::tensor_of(DType::u8, {}, {100}));
    product.constant("steps", f32_of({2}, {1, 2})).constant("zeros", zeros(8, 28));
    product.constant("w", testing::tensor_of(DType::u8, {2, 2}, {10, 20, 30 + shift, 40}));
    product.node("QLinearMatMul", {"x", "one", "none", "w", "steps", "zeros", "one", "y_zero"}, {"y"}).output("y");
    EXPECT_EQ(testing::count_kind(*product.graph(), OpKind::dequantize), shift > 0 ? 2 : 1);
    const double first = shift > 0 ? 255 : 100 + 2 + 22;
    EXPECT_TRUE(testing::is_identical(product.answers({testing::tensor_of(DType::u8, {1, 2}, {1, 1})})[0],
                                      testing::tensor_of(DType::u8, {1, 2}, {first, 100 + 2 * (-8 + 12)})));
    OnnxSample conv;  // the same weights, [outputs, inputs, 1, 1]
    conv.input("x", ElementType::u8, {"1", "2", "1", "1"}).constant("one", f32_of({}, {1}));
    conv.constant("none", testing::tensor_of(DType::u8, {}, {0}))
        .constant("y_zero", testing::tensor_of(DType::u8, {}, {100}));
    conv.constant("steps", f32_of({2}, {1, 2})).constant("zeros", zeros(8, 28));
    conv.constant("w", testing::tensor_of(DType::u8, {2, 2, 1, 1}, {10, 30 + shift, 20, 40}));
    conv.node("QLinearConv", {"x", "one", "none", "w", "steps", "zeros", "one", "y_zero"}, {"y"}).output("y");
    EXPECT_TRUE(testing::is_identical(conv.answers({testing::tensor_of(DType::u8, {1, 2, 1, 1}, {1, 1})})[0],
                                      testing::tensor_of(DType::u8, {1, 2, 1, 1}, {first, 100 + 2 * (-8 + 12)})));
  }
}

// [3] x [3, 2] is [2], [2, 3] x [3] is [2], and [3] x [3] a number.
TEST(OnnxQuantized, VectorsAreRowsAndColumns) {
  const Tensor row = testing::tensor_of(DType::u8, {3}, {1, 2, 3});
  struct Case {
    std::vector<std::string> a, b;
    Tensor a_stored, b_stored;
    Shape result;
    std::vector<double> expected;
  };
  const Tensor matrix = testing::tensor_of(DType::u8, {3, 2}, {1, 0, 0, 1, 1, 1});
  const Tensor turned = testing::tensor_of(DType::u8, {2, 3}, {1, 0, 1, 0, 1, 1});
  const Case cases[] = {{{"3"}, {"3", "2"}, row, matrix, {2}, {4, 5}},
                        {{"2", "3"}, {"3"}, turned, row, {2}, {4, 5}},
                        {{"3"}, {"3"}, row, row, {}, {14}}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.result.to_string());
    OnnxSample whole;
    whole.input("a", ElementType::u8, one.a).input("b", ElementType::u8, one.b);
    whole.node("MatMulInteger", {"a", "b"}, {"y"}).output("y");
    EXPECT_TRUE(testing::is_identical(whole.answers({one.a_stored, one.b_stored})[0],
                                      testing::tensor_of(DType::i32, one.result, one.expected)));
    for (const bool is_known : {false, true}) {
      OnnxSample sample;
      sample.input("a", ElementType::u8, one.a);
      is_known ? sample.constant("b", one.b_stored) : sample.input("b", ElementType::u8, one.b);
      sample.constant("one", f32_of({}, {1})).constant("none", testing::tensor_of(DType::u8, {}, {0}));
      sample.node("QLinearMatMul", {"a", "one", "none", "b", "one", "none", "one", "none"}, {"y"}).output("y");
      const std::vector<Tensor> inputs = is_known ? std::vector{one.a_stored} : std::vector{one.a_stored, one.b_stored};
      EXPECT_TRUE(
          testing::is_identical(sample.answers(inputs)[0], testing::tensor_of(DType::u8, one.result, one.expected)));
    }
  }
}

}  // namespace
}  // namespace rheo::onnx
