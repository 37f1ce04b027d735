// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/weights.h"

#include <gtest/gtest.h>

#include <array>

#include "load/file.h"
#include "support/export_sample.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"

namespace rheo::pt2 {
namespace {

TensorMeta meta_of(const std::string& dtype, std::vector<std::int64_t> sizes, std::vector<std::int64_t> strides,
                   std::int64_t offset = 0) {
  TensorMeta meta;
  meta.dtype = dtype;
  for (const std::int64_t size : sizes) meta.sizes.push_back({size, {}});
  for (const std::int64_t stride : strides) meta.strides.push_back({stride, {}});
  meta.storage_offset = {offset, {}};
  return meta;
}

template <typename T>
FileBytes storage_of(std::vector<T> elements) {
  return testing::as_file({reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)});
}

TEST(Pt2Weights, ViewsWhatIsDenseAndAligned) {
  const FileBytes storage = storage_of<float>({1, 2, 3, 4, 5, 6});
  const Tensor tensor = tensor_of(storage, meta_of("f32", {2, 3}, {3, 1}), {}).value();
  EXPECT_EQ(tensor.data(), storage.bytes.data());
  EXPECT_TRUE(testing::is_identical(tensor, testing::f32_of({2, 3}, {1, 2, 3, 4, 5, 6})));
  const Tensor behind = tensor_of(storage, meta_of("f32", {2}, {1}, 4), {}).value();
  EXPECT_TRUE(testing::is_identical(behind, testing::f32_of({2}, {5, 6})));
}

// The pages of a weight that is gone are given back; those that others look at come again from the file.
TEST(Pt2Weights, OutliveEachOther) {
  const testing::TemporaryFolder folder;
  const std::vector<float> elements(4096, 3);
  const std::array parts = {std::as_bytes(std::span(elements))};
  ASSERT_TRUE(write_file_atomically(folder.file("w"), parts).ok());
  FileBytes storage = map_file(folder.file("w")).value();
  Tensor first = tensor_of(storage, meta_of("f32", {2048}, {1}), {}).value();
  const Tensor second = tensor_of(storage, meta_of("f32", {2048}, {1}, 2048), {}).value();
  storage = {};
  ASSERT_EQ(first.mutable_data(), nullptr) << "a view";
  first = Tensor();
  EXPECT_EQ(testing::values_of(second), std::vector<double>(2048, 3));
}

TEST(Pt2Weights, FollowsStrides) {
  const FileBytes storage = storage_of<float>({1, 2, 3, 4, 5, 6});
  EXPECT_TRUE(testing::is_identical(tensor_of(storage, meta_of("f32", {3, 2}, {1, 3}), {}).value(),
                                    testing::f32_of({3, 2}, {1, 4, 2, 5, 3, 6})));
  EXPECT_TRUE(testing::is_identical(tensor_of(storage, meta_of("f32", {2, 2}, {0, 2}, 1), {}).value(),
                                    testing::f32_of({2, 2}, {2, 4, 2, 4})));
}

TEST(Pt2Weights, BringsElementsToTypesOfRheo) {
  EXPECT_TRUE(testing::is_identical(tensor_of(storage_of<double>({0.5, -2}), meta_of("f64", {2}, {1}), {}).value(),
                                    testing::f32_of({2}, {0.5, -2})));
  EXPECT_TRUE(testing::is_identical(tensor_of(storage_of<std::int16_t>({7, -9}), meta_of("i16", {2}, {1}), {}).value(),
                                    testing::tensor_of(DType::i32, {2}, {7, -9})));
  const Tensor truths = tensor_of(storage_of<std::uint8_t>({0, 1, 255}), meta_of("bool", {3}, {1}), {}).value();
  EXPECT_TRUE(testing::is_identical(truths, testing::tensor_of(DType::boolean, {3}, {0, 1, 1})));
  EXPECT_EQ(tensor_of(storage_of<double>({1, 2}), meta_of("c64", {1}, {1}), {}).status().code(),
            StatusCode::unsupported);
  EXPECT_EQ(tensor_of({}, meta_of("f32", {0, 3}, {3, 1}), {}).value().shape(), (Shape{0, 3}));
}

TEST(Pt2Weights, StaysInsideOfTheStorage) {
  const FileBytes storage = storage_of<float>({1, 2, 3, 4, 5, 6});
  const auto code = [&](const TensorMeta& meta) { return tensor_of(storage, meta, {}).status().code(); };
  const std::int64_t huge = std::int64_t{1} << 62;
  EXPECT_EQ(code(meta_of("f32", {7}, {1})), StatusCode::bad_format);
  EXPECT_EQ(code(meta_of("f32", {2}, {6})), StatusCode::bad_format);
  EXPECT_EQ(code(meta_of("f32", {1}, {1}, 6)), StatusCode::bad_format);
  EXPECT_EQ(code(meta_of("f32", {1}, {1}, huge)), StatusCode::bad_format);
  EXPECT_EQ(code(meta_of("f32", {3}, {huge})), StatusCode::bad_format);
  EXPECT_EQ(code(meta_of("f64", {4}, {1})), StatusCode::bad_format);
  EXPECT_FALSE(tensor_of(storage, meta_of("f32", {huge, huge}, {0, 0}), {}).ok());
  EXPECT_EQ(tensor_of({}, meta_of("f32", {1}, {1}), {}).status().code(), StatusCode::bad_format);
}

TEST(Pt2Weights, TakesNoMoreMemoryThanTheStorageJustifies) {
  const FileBytes storage = storage_of<float>({1, 2});
  EXPECT_EQ(tensor_of(storage, meta_of("f32", {1 << 20, 1 << 10}, {0, 0}), {}).status().code(),
            StatusCode::limit_exceeded);
  LoadLimits limits;
  limits.tensor_bytes = 4;
  EXPECT_EQ(tensor_of(storage, meta_of("f32", {2}, {1}), limits).status().code(), StatusCode::limit_exceeded);
}

TEST(Pt2Weights, ListsPayloads) {
  const auto payloads = parse_payloads(testing::sample_weights(), {}).value();
  EXPECT_EQ(payloads.at("block.w").entry, "weight_0");
  EXPECT_FALSE(payloads.at("block.w").is_pickled);
  EXPECT_TRUE(parse_payloads(testing::replaced(testing::sample_weights(), "false", "true"), {})
                  .value()
                  .at("block.w")
                  .is_pickled);
  EXPECT_EQ(parse_payloads("{}", {}).status().code(), StatusCode::bad_format);
  EXPECT_EQ(parse_payloads(R"({"config": []})", {}).status().code(), StatusCode::bad_format);
  LoadLimits limits;
  limits.tensors = 0;
  EXPECT_EQ(parse_payloads(testing::sample_weights(), limits).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::pt2
