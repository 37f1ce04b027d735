// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/tensor_data.h"

#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_external;
using testing::onnx_floats;
using testing::onnx_tensor;
using testing::WireWriter;

StatusCode code_for(const WireWriter& message, const LoadLimits& limits = {}) {
  return tensor_from(message, limits).status().code();
}

TEST(TensorData, ViewsRawBytesWhereTheyLie) {
  const WireWriter message = onnx_floats("w", {2, 1}, {1, 2});
  const LoadLimits limits;
  const auto owner = std::make_shared<int>();
  Reading reading(message.bytes().size(), owner, limits, nullptr);
  TensorData data;
  const Status status = parse_tensor(WireMessage(testing::as_file(message.bytes())), reading, data);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(data.name, "w");
  EXPECT_EQ(data.type, ElementType::f32);
  EXPECT_EQ(data.shape, Shape({2, 1}));
  EXPECT_EQ(reinterpret_cast<const char*>(data.bytes.data()), message.bytes().data() + message.bytes().size() - 8);
  EXPECT_EQ(data.owner, owner);
}

TEST(TensorData, ReadsScalarsAndTensorsWithoutElements) {
  EXPECT_EQ(tensor_from(onnx_floats("s", {}, {1}))->bytes.size(), 4U);
  EXPECT_EQ(tensor_from(onnx_floats("e", {0, 3}, {}))->bytes.size(), 0U);
  EXPECT_EQ(tensor_from(WireWriter().integer(1, 0).integer(2, 1))->bytes.size(), 0U);
  EXPECT_EQ(code_for(WireWriter().integer(2, 1)), StatusCode::bad_format);  // one element, and none given
}

TEST(TensorData, ReadsDimensionsPackedOrNotAndTheLastType) {
  const auto data =
      tensor_from(WireWriter().packed(1, {1, 2}).integer(1, 3).integer(2, 7).integer(2, 3).text(9, "abcdef"));
  ASSERT_TRUE(data.ok()) << data.status().message();
  EXPECT_EQ(data->shape, Shape({1, 2, 3}));
  EXPECT_EQ(data->type, ElementType::i8);
}

TEST(TensorData, RefusesElementsThatDoNotFillTheShape) {
  for (const std::size_t size : {0U, 1U, 15U, 17U, 32U}) {
    EXPECT_EQ(code_for(onnx_tensor("w", 1, {2, 2}, std::string(size, '\0'))), StatusCode::bad_format) << size;
  }
  EXPECT_EQ(code_for(onnx_tensor("w", 1, {0}, "abcd")), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().integer(1, 3).integer(2, 1).packed_reals(4, {1, 2})), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().integer(1, 3).integer(2, 1).packed_reals(4, {1, 2, 3, 4})), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().integer(1, 2).integer(2, 8).text(6, "one")), StatusCode::bad_format);
}

TEST(TensorData, SaysWhichTensorIsBroken) {
  const Status status = tensor_from(onnx_tensor("layer.weight", 1, {2, 2}, "abcd")).status();
  for (const char* part : {"layer.weight", "[2, 2]", "f32", "16 bytes", "4 are given"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
  }
}

TEST(TensorData, RefusesDimensionsThatCannotBe) {
  for (const std::int64_t size : {std::int64_t{-1}, std::int64_t{1} << 63}) {
    EXPECT_EQ(code_for(onnx_tensor("w", 1, {size}, "")), StatusCode::bad_format) << size;
  }
  for (const std::int64_t size : {std::int64_t{1} << 31, (std::int64_t{1} << 32) - 1, std::int64_t{1} << 61}) {
    EXPECT_EQ(code_for(onnx_tensor("w", 1, {size}, "")), StatusCode::limit_exceeded) << size;
  }
  EXPECT_EQ(code_for(onnx_tensor("w", 1, {1, 1, 1, 1, 1, 1, 1, 1, 1}, "abcd")), StatusCode::limit_exceeded);
}

TEST(TensorData, RefusesProductsThatWrap) {
  const std::int64_t large = (std::int64_t{1} << 31) - 1;
  EXPECT_EQ(code_for(onnx_tensor("w", 1, {large, large, large}, "")), StatusCode::limit_exceeded);
  // The elements fit 64 bits, their bytes do not.
  EXPECT_EQ(code_for(onnx_tensor("w", 1, {1 << 30, 1 << 30, 4}, "")), StatusCode::limit_exceeded);
  EXPECT_EQ(code_for(onnx_tensor("w", 1, {1 << 30, 1 << 30, 16}, "")), StatusCode::limit_exceeded);
  // A zero in any place hides no overflow among the others.
  for (std::size_t zero = 0; zero < 5; ++zero) {
    std::vector<std::int64_t> dims(5, large);
    dims[zero] = 0;
    EXPECT_EQ(code_for(onnx_tensor("w", 1, dims, "")), StatusCode::limit_exceeded) << zero;
  }
}

TEST(TensorData, HoldsTheLimits) {
  LoadLimits limits;
  limits.tensor_bytes = 8;
  EXPECT_EQ(code_for(onnx_floats("w", {2}, {1, 2}), limits), StatusCode::ok);
  EXPECT_EQ(code_for(onnx_floats("w", {3}, {1, 2, 3}), limits), StatusCode::limit_exceeded);
  limits = {};
  limits.dimension = 2;
  EXPECT_EQ(code_for(onnx_floats("w", {3}, {1, 2, 3}), limits), StatusCode::limit_exceeded);
  limits = {};
  limits.tensors = 0;
  EXPECT_EQ(code_for(onnx_floats("w", {3}, {1, 2, 3}), limits), StatusCode::limit_exceeded);
}

TEST(TensorData, RefusesElementsFromTwoPlaces) {
  EXPECT_EQ(code_for(onnx_floats("w", {1}, {1}).packed_reals(4, {1})), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().integer(1, 1).integer(2, 1).packed_reals(4, {1}).packed(7, {1})),
            StatusCode::bad_format);
  EXPECT_EQ(code_for(onnx_floats("w", {1}, {1}).text(9, "")), StatusCode::bad_format);  // the last raw_data counts
}

TEST(TensorData, RefusesSegmentsAndMissingTypes) {
  EXPECT_EQ(code_for(onnx_floats("w", {1}, {1}).message(3, WireWriter().integer(1, 0))), StatusCode::unsupported);
  EXPECT_EQ(code_for(WireWriter().integer(1, 1).text(9, "abcd")), StatusCode::bad_format);
}

TEST(TensorData, KeepsTextsAndForeignTypesWithoutTheirElements) {
  const auto texts = tensor_from(WireWriter().integer(1, 2).integer(2, 8).text(6, "a").text(6, "b"));
  ASSERT_TRUE(texts.ok()) << texts.status().message();
  EXPECT_TRUE(texts->bytes.empty());
  EXPECT_EQ(code_for(onnx_tensor("t", 8, {1}, "abc")), StatusCode::bad_format);  // texts have no raw bytes
  const auto packed = tensor_from(onnx_tensor("q", 22, {3}, "ab"));              // two 4-bit integers to a byte
  ASSERT_TRUE(packed.ok()) << packed.status().message();
  EXPECT_EQ(name_of(packed->type), "element type 22");
  EXPECT_TRUE(packed->bytes.empty());
}

TEST(TensorData, RefusesTruthValuesBeyondOne) {
  EXPECT_EQ(code_for(onnx_tensor("b", 9, {2}, std::string("\x01\x00", 2))), StatusCode::ok);
  EXPECT_EQ(code_for(onnx_tensor("b", 9, {2}, std::string("\x01\x02", 2))), StatusCode::bad_format);
}

TEST(TensorData, RefusesExternalDataWithoutAFolder) {
  for (const char* location : {"w.bin", "/etc/passwd", "../w", ""}) {
    EXPECT_EQ(code_for(onnx_external("w", 1, {1}, {{"location", location}})), StatusCode::unsupported) << location;
  }
  // Even where nothing would be read.
  EXPECT_EQ(code_for(onnx_external("w", 1, {0}, {{"location", "w.bin"}})), StatusCode::unsupported);
  EXPECT_EQ(code_for(onnx_external("w", 8, {1}, {{"location", "w.bin"}})), StatusCode::unsupported);
  EXPECT_EQ(code_for(onnx_external("w", 22, {1}, {{"location", "w.bin"}})), StatusCode::unsupported);
}

TEST(TensorData, RefusesElementsHereAndInAnotherFile) {
  const LoadLimits limits;
  const WireWriter message = onnx_external("w", 1, {1}, {{"location", "w.bin"}}).packed_reals(4, {1});
  ExternalData external("nowhere/model.onnx", limits);
  Reading reading(message.bytes().size(), nullptr, limits, &external);
  TensorData data;
  const Status status = parse_tensor(WireMessage(testing::as_file(message.bytes())), reading, data);
  EXPECT_EQ(status.code(), StatusCode::bad_format);
}

TEST(TensorData, ReadsTextPairs) {
  const std::string bytes = WireWriter().text(2, "v").text(1, "k").integer(9, 1).bytes();
  TextPair pair;
  EXPECT_TRUE(parse_text_pair(WireMessage(testing::as_file(bytes)), pair).ok());
  EXPECT_EQ(pair.key, "k");
  EXPECT_EQ(pair.value, "v");
  const std::string broken = WireWriter().integer(1, 1).bytes();
  EXPECT_EQ(parse_text_pair(WireMessage(testing::as_file(broken)), pair).code(), StatusCode::bad_format);
}

}  // namespace
}  // namespace rheo::onnx
