// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "load/onnx/model.h"

namespace rheo::onnx {
namespace {

// Elements at `shift` bytes behind an address that is aligned as a Tensor's.
TensorData placed(std::size_t shift, std::size_t count) {
  const auto memory = std::make_shared<Tensor>(Tensor::zeros(DType::u8, {256}).value());
  auto* const first = static_cast<std::byte*>(memory->mutable_data()) + shift;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(i) + 0.5F;
    std::memcpy(first + i * sizeof value, &value, sizeof value);
  }
  return {"t", ElementType::f32, {static_cast<std::int64_t>(count)}, {first, count * sizeof(float)}, memory};
}

TEST(ToTensor, SharesWhatIsAlignedAndCopiesTheRest) {
  for (const std::size_t shift : {0U, 64U}) {
    const TensorData data = placed(shift, 4);
    const Tensor tensor = to_tensor(data).value();
    EXPECT_EQ(tensor.data(), data.bytes.data());
    EXPECT_EQ(data.owner.use_count(), 2);
  }
  for (const std::size_t shift : {1U, 4U, 32U, 63U}) {
    const TensorData data = placed(shift, 4);
    const Tensor tensor = to_tensor(data).value();
    EXPECT_NE(tensor.data(), data.bytes.data());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % Tensor::kAlignment, 0U);
    EXPECT_EQ(tensor.as<float>()[3], 3.5F);
  }
}

TEST(ToTensor, CopiesWhatNobodyOwns) {
  TensorData data = placed(0, 4);
  const auto owner = std::move(data.owner);
  EXPECT_NE(to_tensor(data)->data(), data.bytes.data());
}

TEST(ToTensor, MakesTensorsWithoutElements) {
  const TensorData data{"e", ElementType::i64, {2, 0}, {}, nullptr};
  const Tensor tensor = to_tensor(data).value();
  EXPECT_EQ(tensor.shape(), Shape({2, 0}));
  EXPECT_FALSE(tensor.empty());
}

TEST(ToTensor, NarrowsF64) {
  const double values[] = {0.1, -2, 1e300, std::numeric_limits<double>::quiet_NaN()};
  const TensorData data{"d", ElementType::f64, {4}, std::as_bytes(std::span(values)), nullptr};
  const Tensor tensor = to_tensor(data).value();
  const auto reals = tensor.as<float>();
  ASSERT_EQ(reals.size(), 4U);
  EXPECT_EQ(reals[0], 0.1F);
  EXPECT_EQ(reals[1], -2.0F);
  EXPECT_TRUE(std::isinf(reals[2]));
  EXPECT_TRUE(std::isnan(reals[3]));
}

TEST(ToTensor, RefusesTypesThatRheoLacks) {
  for (const ElementType type : {ElementType::undefined, ElementType::u16, ElementType::i16, ElementType::u32,
                                 ElementType::u64, ElementType::text, static_cast<ElementType>(14)}) {
    const Status status = to_tensor({"odd", type, {0}, {}, nullptr}).status();
    EXPECT_EQ(status.code(), StatusCode::unsupported);
    EXPECT_NE(status.message().find("odd"), std::string::npos) << status.message();
    EXPECT_NE(status.message().find(name_of(type)), std::string::npos) << status.message();
  }
}

}  // namespace
}  // namespace rheo::onnx
