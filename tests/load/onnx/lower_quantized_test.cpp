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

}  // namespace
}  // namespace rheo::onnx
