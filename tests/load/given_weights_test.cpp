// SPDX-License-Identifier: Apache-2.0
// What is given, what is refused. Whole models with given weights are joined in tests/golden/export_import_test.cpp.
#include "load/given_weights.h"

#include <gtest/gtest.h>

#include <array>

#include "load/file.h"
#include "load/given_sample.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using testing::f32_of;
using testing::given_weights;

Tensor of_type(DType dtype, const Shape& shape) { return Tensor::zeros(dtype, shape).value(); }

std::string told(const GivenWeights& weights, Severity& severity) {
  std::string text;
  weights.tell_kept([&](Severity said, std::string_view message) {
    severity = said;
    text = message;
  });
  return text;
}

TEST(GivenWeights, TakeThePlacesOfTheirNames) {
  GivenWeights weights = given_weights({{"a.weight", f32_of({2}, {3, 4})}, {"b", f32_of({}, {5})}});
  const auto a = weights.take("a.weight", DType::f32, {2});
  ASSERT_TRUE(a.ok()) << a.status().message();
  EXPECT_TRUE(testing::is_identical(**a, f32_of({2}, {3, 4})));
  EXPECT_EQ(weights.take("c", DType::f32, {2}).value(), nullptr);
  EXPECT_FALSE(weights.all_taken().ok());
  EXPECT_NE(weights.take("b", DType::f32, {}).value(), nullptr);
  EXPECT_TRUE(weights.all_taken().ok());
}

TEST(GivenWeights, KeepAFileThatIsRemoved) {
  GivenWeights weights = given_weights({{"a", f32_of({16}, std::vector<double>(16, 2))}});
  EXPECT_EQ((*weights.take("a", DType::f32, {16}))->as<float>()[15], 2);
}

TEST(GivenWeights, MustFitTheirPlaces) {
  GivenWeights weights = given_weights({{"a", f32_of({2, 3}, {1, 2, 3, 4, 5, 6})}, {"i", of_type(DType::i32, {2})}});
  const Status turned = weights.take("a", DType::f32, {3, 2}).status();
  EXPECT_EQ(turned.code(), StatusCode::invalid_argument);
  EXPECT_NE(turned.message().find("'a' as [2, 3] of f32, but the model takes [3, 2] of f32"), std::string::npos)
      << turned.message();
  EXPECT_EQ(weights.take("a", DType::f32, {6}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(weights.take("a", DType::i32, {2, 3}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(weights.take("i", DType::i64, {2}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(weights.take("i", DType::f32, {2}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(weights.take("i", Status(StatusCode::unsupported, "no u16"), {2}).status().code(), StatusCode::unsupported);
  EXPECT_EQ(weights.take("other", Status(StatusCode::unsupported, "no u16"), {2}).value(), nullptr);
  EXPECT_FALSE(weights.all_taken().ok());  // what was refused was not taken
}

TEST(GivenWeights, MayBeFloatsOfAnotherWidth) {
  GivenWeights weights = given_weights({{"half", of_type(DType::f16, {2})}, {"brain", of_type(DType::bf16, {2})}});
  EXPECT_EQ((*weights.take("half", DType::f32, {2}))->dtype(), DType::f16);
  EXPECT_EQ((*weights.take("brain", DType::f16, {2}))->dtype(), DType::bf16);
}

TEST(GivenWeights, NameWhatHasNoPlace) {
  GivenWeights weights = given_weights({{"bert.encoder.weight", f32_of({1}, {1})}, {"zzz", f32_of({1}, {1})}});
  (void)weights.take("encoder.weight", DType::f32, {1});
  (void)weights.take("encoder.bias", DType::f32, {1});
  const Status lost = weights.all_taken();
  EXPECT_EQ(lost.code(), StatusCode::invalid_argument);
  EXPECT_NE(lost.message().find("'bert.encoder.weight' (the model has 'encoder.weight'), 'zzz'."), std::string::npos)
      << lost.message();
  GivenWeights many = given_weights({{"a", f32_of({1}, {1})},
                                     {"b", f32_of({1}, {1})},
                                     {"c", f32_of({1}, {1})},
                                     {"d", f32_of({1}, {1})},
                                     {"e", f32_of({1}, {1})}});
  EXPECT_NE(many.all_taken().message().find("'a', 'b', 'c' and 2 more."), std::string::npos)
      << many.all_taken().message();
}

TEST(GivenWeights, TellWhatTheyLeaveAsItIs) {
  Severity severity = Severity::error;
  GivenWeights weights = given_weights({{"a", f32_of({1}, {1})}});
  EXPECT_EQ(told(weights, severity), "");
  (void)weights.take("count", DType::i64, {2, 2});
  (void)weights.take("scale", DType::f32, {4});
  EXPECT_NE(told(weights, severity).find("2 of the model's own in place: count, scale."), std::string::npos);
  EXPECT_EQ(severity, Severity::info);
  (void)weights.take("matrix", DType::f32, {2, 2});
  EXPECT_NE(told(weights, severity).find("matrix"), std::string::npos);
  EXPECT_EQ(severity, Severity::warning);
  weights.tell_kept({});  // nobody listens
}

TEST(GivenWeights, AreReadStrictly) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(GivenWeights::open(folder.file("none")).status().code(), StatusCode::not_found);
  const auto open = [&](std::span<const std::byte> bytes) {
    const std::array parts = {bytes};
    EXPECT_TRUE(write_file_atomically(folder.file("w.safetensors"), parts).ok());
    return GivenWeights::open(folder.file("w.safetensors")).status();
  };
  const std::vector<std::byte> whole = safetensors_bytes({{{"a", f32_of({2}, {1, 2})}}, {}}).value();
  EXPECT_TRUE(open(whole).ok());
  for (std::size_t size = 0; size < whole.size(); size += 3) {
    const Status cut = open(std::span(whole).first(size));
    EXPECT_FALSE(cut.ok()) << size;
    EXPECT_NE(cut.message().find("w.safetensors"), std::string::npos) << cut.message();
  }
  std::vector<std::byte> longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_EQ(open(longer).code(), StatusCode::bad_format);
  const std::string doubles = R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}  )";
  std::vector<std::byte> unknown(8 + doubles.size() + 8);
  unknown[0] = static_cast<std::byte>(doubles.size());
  std::copy_n(reinterpret_cast<const std::byte*>(doubles.data()), doubles.size(), unknown.begin() + 8);
  EXPECT_EQ(open(unknown).code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo
