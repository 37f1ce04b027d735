// SPDX-License-Identifier: Apache-2.0
// The operators of ONNX Runtime, for which there is no conformance data: small numbers worked out by hand.
#include <gtest/gtest.h>

#include <limits>

#include "load/onnx/lowering_sample.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::integer_attribute;
using testing::integers_attribute;
using testing::is_identical;
using testing::OnnxSample;
using testing::real_attribute;
using testing::tensor_of;
using Names = std::vector<std::string>;

Tensor bytes(const Shape& shape, const std::vector<double>& elements) { return tensor_of(DType::u8, shape, elements); }

// Inputs "a", "b", ... u8, and numbers to choose scales and zero points from: "half", "one", "fine" (1 / 256), "none",
// "ten", "middle".
OnnxSample sample_of(const std::vector<std::vector<std::string>>& dimensions) {
  OnnxSample sample;
  char name = 'a';
  for (const auto& shape : dimensions) sample.input(std::string(1, name++), ElementType::u8, shape);
  sample.constant("half", f32_of({}, {0.5F})).constant("one", f32_of({}, {1})).constant("fine", f32_of({}, {0x1p-8F}));
  sample.constant("none", bytes({}, {0})).constant("ten", bytes({}, {10})).constant("middle", bytes({}, {128}));
  return sample;
}

OnnxSample unary(const std::string& op, const std::vector<std::string>& shape, const Names& forms,
                 std::vector<Attribute> attributes = {}) {
  OnnxSample sample = sample_of({shape});
  sample.node(op, {"a", forms[0], forms[1], forms[2], forms[3]}, {"y"}, std::move(attributes));
  return sample.in_domain(std::string(kMicrosoft)).output("y");
}

TEST(OnnxMicrosoft, AddsAndMultipliesInRealNumbers) {
  const auto answer = [](const std::string& op) {
    OnnxSample sample = sample_of({{"2"}, {"2"}});
    sample.node(op, {"a", "half", "ten", "b", "one", "", "half", "ten"}, {"y"});
    sample.in_domain(std::string(kMicrosoft)).output("y");
    return sample.answers({bytes({2}, {10, 20}), bytes({2}, {1, 2})})[0];
  };
  EXPECT_TRUE(is_identical(answer("QLinearAdd"), bytes({2}, {12, 24})));
  EXPECT_TRUE(is_identical(answer("QLinearMul"), bytes({2}, {10, 30})));
}

TEST(OnnxMicrosoft, AppliesFunctions) {
  EXPECT_TRUE(
      is_identical(unary("QLinearLeakyRelu", {"3"}, {"one", "ten", "half", "middle"}, {real_attribute("alpha", 0.1F)})
                       .answers({bytes({3}, {0, 10, 30})})[0],
                   bytes({3}, {126, 128, 168})));
  EXPECT_TRUE(
      is_identical(unary("QLinearSigmoid", {"2"}, {"one", "ten", "fine", "none"}).answers({bytes({2}, {10, 255})})[0],
                   bytes({2}, {128, 255})));
  EXPECT_TRUE(
      is_identical(unary("QLinearSoftmax", {"1", "2"}, {"one", "ten", "fine", "none"}, {integer_attribute("opset", 11)})
                       .answers({bytes({1, 2}, {7, 7})})[0],
                   bytes({1, 2}, {128, 128})));
  EXPECT_EQ(unary("QLinearSoftmax", {"1", "2", "2"}, {"one", "ten", "fine", "none"}, {integer_attribute("opset", 11)})
                .refusal()
                .code(),
            StatusCode::unsupported);
}

TEST(OnnxMicrosoft, AveragesPictures) {
  const Tensor picture = bytes({1, 1, 2, 2}, {11, 12, 13, 16});
  const Names forms = {"one", "ten", "half", "ten"};
  EXPECT_TRUE(is_identical(unary("QLinearGlobalAveragePool", {"1", "1", "2", "2"}, forms).answers({picture})[0],
                           bytes({1, 1, 1, 1}, {16})));
  EXPECT_TRUE(is_identical(
      unary("QLinearAveragePool", {"1", "1", "2", "2"}, forms, {integers_attribute("kernel_shape", {1, 2})})
          .answers({picture})[0],
      bytes({1, 1, 2, 1}, {13, 19})));
  EXPECT_EQ(unary("QLinearGlobalAveragePool", {"1", "2", "2", "1"}, forms, {integer_attribute("channels_last", 1)})
                .refusal()
                .code(),
            StatusCode::unsupported);
}

TEST(OnnxMicrosoft, JoinsPartsOfDifferentScales) {
  OnnxSample sample = sample_of({{"1", "2"}, {"1", "1"}});
  sample.node("QLinearConcat", {"half", "ten", "a", "one", "ten", "b", "half", "none"}, {"y"},
              {integer_attribute("axis", 1)});
  sample.in_domain(std::string(kMicrosoft)).output("y");
  EXPECT_TRUE(
      is_identical(sample.answers({bytes({1, 2}, {10, 12}), bytes({1, 1}, {7})})[0], bytes({1, 3}, {10, 14, 17})));
}

TEST(OnnxMicrosoft, MultipliesMatricesWithAScaleBeforeTheSum) {
  for (const bool is_transposed : {false, true}) {
    for (const bool answers_real : {false, true}) {
      OnnxSample sample = sample_of({{"1", "2"}});
      // Columns 3, 1 and -2, 5.
      const std::vector<double> weights =
          is_transposed ? std::vector<double>{3, 1, -2, 5} : std::vector<double>{3, -2, 1, 5};
      sample.constant("w", tensor_of(DType::i8, {2, 2}, weights)).constant("w_zero", tensor_of(DType::i8, {}, {0}));
      sample.constant("w_scale", f32_of({2}, {0.5F, 1})).constant("c", tensor_of(DType::i32, {2}, {4, -3}));
      Names inputs = {"a", "half", "ten", "w", "w_scale", "w_zero", "c"};
      if (!answers_real) inputs.insert(inputs.end(), {"half", "ten"});
      sample.node("QGemm", inputs, {"y"}, {integer_attribute("transB", is_transposed), real_attribute("alpha", 2)});
      sample.in_domain(std::string(kMicrosoft)).output("y");
      // Sums 3 * 2 + 4 * 1 + 4 = 14 and -2 * 2 + 4 * 5 - 3 = 13, times 2 * 0.5 * (0.5 and 1).
      EXPECT_TRUE(is_identical(sample.answers({bytes({1, 2}, {12, 14})})[0],
                               answers_real ? f32_of({1, 2}, {7, 13}) : bytes({1, 2}, {24, 36})));
    }
  }
}

TEST(OnnxMicrosoft, AnswersIn8Bits) {
  OnnxSample sample;
  sample.input("a", ElementType::f32, {"2"}).constant("one", f32_of({}, {1}));
  sample.node("QLinearAdd", {"a", "one", "", "a", "one", "", "one"}, {"y"});
  const Status refusal = sample.in_domain(std::string(kMicrosoft)).output("y").refusal();
  EXPECT_EQ(refusal.code(), StatusCode::unsupported);
  EXPECT_NE(refusal.message().find("8 bits"), std::string::npos) << refusal.message();
}

TEST(OnnxMicrosoft, TakesAZeroPointPerOutput) {
  for (const bool is_transposed : {false, true}) {
    OnnxSample sample = sample_of({{"1", "2"}});
    // Columns 2, 22 and -8, 12 less their zero points.
    sample.constant(
        "w", bytes({2, 2}, is_transposed ? std::vector<double>{10, 30, 20, 40} : std::vector<double>{10, 20, 30, 40}));
    sample.constant("w_scale", f32_of({2}, {1, 2})).constant("w_zero", bytes({2}, {8, 28}));
    sample.node("QGemm", {"a", "one", "ten", "w", "w_scale", "w_zero"}, {"y"},
                {integer_attribute("transB", is_transposed)});
    sample.in_domain(std::string(kMicrosoft)).output("y");
    EXPECT_TRUE(is_identical(sample.answers({bytes({1, 2}, {11, 12})})[0], f32_of({1, 2}, {46, 32})));
  }
}

TEST(OnnxMicrosoft, SaysThatAnAlphaIsNoScale) {
  for (const float alpha :
       {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    OnnxSample sample = sample_of({{"1", "2"}});
    sample.constant("w", bytes({2, 2}, {1, 2, 3, 4}));
    sample.node("QGemm", {"a", "one", "ten", "w", "one", "none"}, {"y"}, {real_attribute("alpha", alpha)});
    const Status refusal = sample.in_domain(std::string(kMicrosoft)).output("y").refusal();
    EXPECT_EQ(refusal.code(), StatusCode::unsupported);
    EXPECT_NE(refusal.message().find("alpha"), std::string::npos) << refusal.message();
  }
}

TEST(OnnxMicrosoft, NamesWhatRheoLacks) {
  OnnxSample sample = sample_of({{"2", "2"}});
  sample.node("QLinearReduceMean", {"a", "one", "none", "one", "none"}, {"y"});
  const Status refusal = sample.in_domain(std::string(kMicrosoft)).output("y").refusal();
  EXPECT_NE(refusal.message().find("com.microsoft.QLinearReduceMean"), std::string::npos) << refusal.message();
}

}  // namespace
}  // namespace rheo::onnx
