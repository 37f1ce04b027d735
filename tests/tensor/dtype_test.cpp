// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <rheo/tensor.h>

namespace rheo {
namespace {

TEST(DType, NamesAndSizesBelongTogether) {
  EXPECT_EQ(size_bytes(DType::f32), 4U);
  EXPECT_EQ(size_bytes(DType::bf16), 2U);
  EXPECT_EQ(size_bytes(DType::f16), 2U);
  EXPECT_EQ(size_bytes(DType::i8), 1U);
  EXPECT_EQ(size_bytes(DType::u8), 1U);
  EXPECT_EQ(size_bytes(DType::i32), 4U);
  EXPECT_EQ(size_bytes(DType::i64), 8U);
  EXPECT_EQ(size_bytes(DType::boolean), 1U);
  for (const DType dtype :
       {DType::f32, DType::bf16, DType::f16, DType::i8, DType::u8, DType::i32, DType::i64, DType::boolean}) {
    const Result<DType> back = dtype_from_name(name_of(dtype));
    ASSERT_TRUE(back.ok()) << name_of(dtype);
    EXPECT_EQ(*back, dtype);
  }
}

TEST(DType, AnUnknownNameListsTheKnownOnes) {
  const Result<DType> unknown = dtype_from_name("float");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.status().message(),
            "There is no element type \"float\"; the types are f32, bf16, f16, i8, u8, i32, i64, bool.");
}

}  // namespace
}  // namespace rheo
