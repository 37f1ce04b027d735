// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <rheo/tensor.h>

namespace rheo {
namespace {

TEST(Tensor, ZerosIsAlignedAndZero) {
  Result<Tensor> tensor = Tensor::zeros(DType::f32, Shape{3, 7});
  ASSERT_TRUE(tensor.ok()) << tensor.status().message();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor->data()) % Tensor::kAlignment, 0U);
  EXPECT_EQ(tensor->size_bytes(), 84U);
  for (const float value : tensor->as<float>()) EXPECT_EQ(value, 0.0F);
  EXPECT_FALSE(tensor->empty());
  EXPECT_TRUE(Tensor().empty());
}

TEST(Tensor, WithoutElementsIsStillATensor) {
  const Result<Tensor> tensor = Tensor::zeros(DType::f32, Shape{0, 7});
  ASSERT_TRUE(tensor.ok());
  EXPECT_FALSE(tensor->empty());
  EXPECT_EQ(tensor->size_bytes(), 0U);
  EXPECT_TRUE(tensor->clone().ok());
}

TEST(Tensor, RefusesShapesThatNoMemoryHolds) {
  EXPECT_EQ(Tensor::zeros(DType::f32, Shape{INT64_MAX / 4, 2}).status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(Tensor::zeros(DType::f32, Shape{kDynamic}).status().code(), StatusCode::invalid_argument);
}

TEST(Tensor, SaysHowManyBytesWereMissing) {
  const Result<Tensor> huge = Tensor::zeros(DType::u8, Shape{std::int64_t{1} << 60});
  ASSERT_FALSE(huge.ok());
  EXPECT_EQ(huge.status().code(), StatusCode::resource_exhausted);
  EXPECT_NE(huge.status().message().find("1152921504606846976 bytes"), std::string::npos) << huge.status().message();
}

TEST(Tensor, OfRefusesValuesThatDoNotFillTheShape) {
  EXPECT_EQ((*Tensor::of<std::int32_t>({1, 2, 3, 4}, Shape{2, 2})).as<std::int32_t>()[3], 4);
  EXPECT_FALSE(Tensor::of<float>({1.0F}, Shape{2}).ok());
}

TEST(Tensor, CopyOfAStridedViewIsDense) {
  const std::array<float, 6> rows = {0, 1, 2, 3, 4, 5};  // [2, 3]
  const TensorView transposed(rows.data(), DType::f32, Shape{3, 2}, Shape{1, 3});
  EXPECT_FALSE(transposed.is_dense());
  const Result<Tensor> copy = Tensor::copy_of(transposed);
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(std::vector<float>(copy->as<float>().begin(), copy->as<float>().end()),
            (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_TRUE(copy->view().is_dense());
}

TEST(Tensor, CopyOfRefusesAViewWithoutDataOrWithTooFewStrides) {
  EXPECT_FALSE(Tensor::copy_of(TensorView(nullptr, DType::f32, Shape{2})).ok());
  EXPECT_TRUE(TensorView().as<float>().empty());
  EXPECT_TRUE(TensorView(nullptr, DType::f32, Shape{2}).as<float>().empty());
  const float value = 0;
  EXPECT_FALSE(Tensor::copy_of(TensorView(&value, DType::f32, Shape{1, 1}, Shape{1})).ok());
}

TEST(Tensor, ACopySharesACloneDoesNot) {
  Tensor tensor = *Tensor::of<float>({1, 2}, Shape{2});
  const Tensor copy = tensor;
  const Tensor clone = *tensor.clone();
  tensor.as_mutable<float>()[0] = 9;
  EXPECT_EQ(copy.as<float>()[0], 9.0F);
  EXPECT_EQ(clone.as<float>()[0], 1.0F);
}

TEST(Tensor, ShareKeepsTheOwnerAliveAndIsReadOnly) {
  auto owner = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3});
  const std::weak_ptr<std::vector<float>> watch = owner;
  Tensor tensor = Tensor::share(owner, owner->data(), DType::f32, Shape{3});
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(tensor.as<float>()[2], 3.0F);
  EXPECT_EQ(tensor.mutable_data(), nullptr);
  EXPECT_TRUE(tensor.as_mutable<float>().empty());
  tensor = Tensor();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace rheo
