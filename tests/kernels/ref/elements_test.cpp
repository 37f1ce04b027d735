// SPDX-License-Identifier: Apache-2.0
#include "kernels/ref/elements.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rheo::ref {
namespace {

TEST(RefElements, RoundHalfToEven) {
  EXPECT_EQ(round_half_even(0.5), 0);
  EXPECT_EQ(round_half_even(1.5), 2);
  EXPECT_EQ(round_half_even(2.5), 2);
  EXPECT_EQ(round_half_even(-0.5), 0);
  EXPECT_EQ(round_half_even(-1.5), -2);
  EXPECT_EQ(round_half_even(-2.5), -2);
  EXPECT_EQ(round_half_even(2.4999), 2);
  EXPECT_EQ(round_half_even(-2.5001), -3);
  EXPECT_EQ(round_half_even(0x1p53 + 2), 0x1p53 + 2);
  EXPECT_TRUE(std::isnan(round_half_even(std::nan(""))));
}

TEST(RefElements, ReadAndWriteRealValues) {
  const TensorType type{.dtype = DType::i8, .shape = {2}, .quantization = {{0.5F}, 0}};
  std::int8_t data[2] = {-3, 0};
  EXPECT_EQ(ElementReader(type, data).stored(0), -3);
  EXPECT_EQ(ElementReader(type, data).real(0), -1.5);
  const ElementWriter writer(type, data);
  writer.set_real(0, 1.25);
  writer.set_real(1, 1000);
  EXPECT_EQ(data[0], 2);
  EXPECT_EQ(data[1], 127);
  writer.set_cut(0, -2.9);
  EXPECT_EQ(data[0], -2);
}

TEST(RefElements, AZeroPointStandsForZero) {
  const TensorType type{.dtype = DType::u8, .shape = {2}, .quantization = {{0.5F}, 0, 100}};
  std::uint8_t data[2] = {90, 0};
  EXPECT_EQ(ElementReader(type, data).centred(0), -10);
  EXPECT_EQ(ElementReader(type, data).real(0), -5);
  const ElementWriter writer(type, data);
  writer.set_real(0, 1.25);  // half to even before the zero point is added
  writer.set_real(1, -1000);
  EXPECT_EQ(data[0], 102);
  EXPECT_EQ(data[1], 0);
}

TEST(RefElements, ReadEveryDtype) {
  const std::uint16_t one_as_bf16 = 0x3F80;
  const std::uint16_t one_as_f16 = 0x3C00;
  const std::int32_t minus_one = -1;
  const bool yes = true;
  const auto read = [](DType dtype, const void* data) {
    return ElementReader({.dtype = dtype, .shape = {1}, .quantization = {}}, data).real(0);
  };
  EXPECT_EQ(read(DType::bf16, &one_as_bf16), 1);
  EXPECT_EQ(read(DType::f16, &one_as_f16), 1);
  EXPECT_EQ(read(DType::i32, &minus_one), -1);
  EXPECT_EQ(read(DType::boolean, &yes), 1);
}

TEST(RefElements, HoldIntegersExactly) {
  std::int64_t wide[] = {0, (std::int64_t{1} << 53) + 1};
  EXPECT_EQ(integer_at(DType::i64, wide, 1), (std::int64_t{1} << 53) + 1);
  std::int32_t narrow[] = {0, -5};
  EXPECT_EQ(integer_at(DType::i32, narrow, 1), -5);
  set_integer_at(DType::i32, narrow, 0, (std::int64_t{1} << 31) + 1);
  EXPECT_EQ(narrow[0], INT32_MIN + 1);
}

}  // namespace
}  // namespace rheo::ref
