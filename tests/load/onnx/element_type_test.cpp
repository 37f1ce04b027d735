// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/element_type.h"

#include <gtest/gtest.h>

namespace rheo::onnx {
namespace {

TEST(ElementType, HasTheSizeOfItsDType) {
  int with_dtype = 0;
  for (std::int32_t number = 0; number < 40; ++number) {
    const auto type = static_cast<ElementType>(number);
    const Result<DType> dtype = dtype_of(type);
    if (!dtype.ok()) {
      EXPECT_EQ(dtype.status().code(), StatusCode::unsupported);
      EXPECT_NE(dtype.status().message().find(name_of(type)), std::string::npos);
      continue;
    }
    ++with_dtype;
    EXPECT_EQ(element_bytes(type), size_bytes(*dtype)) << number;
    EXPECT_EQ(name_of(type), name_of(*dtype)) << number;
  }
  EXPECT_EQ(with_dtype, 8);
}

TEST(ElementType, NamesTheOthersByNumber) {
  EXPECT_EQ(name_of(ElementType::f64), "f64");
  EXPECT_EQ(name_of(ElementType::text), "string");
  EXPECT_EQ(name_of(static_cast<ElementType>(23)), "element type 23");
  EXPECT_EQ(name_of(static_cast<ElementType>(-1)), "element type -1");
  EXPECT_EQ(element_bytes(ElementType::f64), 8U);
  EXPECT_EQ(element_bytes(ElementType::u16), 2U);
  EXPECT_EQ(element_bytes(ElementType::text), 0U);
  EXPECT_EQ(element_bytes(static_cast<ElementType>(23)), 0U);
}

}  // namespace
}  // namespace rheo::onnx
