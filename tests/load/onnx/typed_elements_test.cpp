// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/typed_elements.h"

#include <gtest/gtest.h>

#include <cstring>

#include "load/onnx/element_type.h"
#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::WireWriter;

WireWriter tensor(ElementType type, std::int64_t elements) {
  return WireWriter().integer(1, elements).integer(2, static_cast<std::int32_t>(type)).text(8, "t");
}

// The elements of a tensor whose int32_data, int64_data or uint64_data hold `numbers`.
template <typename T>
std::vector<T> elements_from(ElementType type, const std::vector<std::int64_t>& numbers) {
  const auto data =
      tensor_from(tensor(type, static_cast<std::int64_t>(numbers.size())).packed(typed_field(type).number, numbers));
  EXPECT_TRUE(data.ok()) << data.status().message();
  if (!data.ok()) return {};
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data->bytes.data()) % Tensor::kAlignment, 0U);
  EXPECT_NE(data->owner, nullptr);
  std::vector<T> elements(data->bytes.size() / sizeof(T));
  std::memcpy(elements.data(), data->bytes.data(), data->bytes.size());
  return elements;
}

template <typename T>
using Elements = std::vector<T>;

TEST(TypedElements, UnpacksEveryTypeFromItsField) {
  EXPECT_EQ(elements_from<std::int8_t>(ElementType::i8, {-128, 127}), (Elements<std::int8_t>{-128, 127}));
  EXPECT_EQ(elements_from<std::uint8_t>(ElementType::u8, {0, 255}), (Elements<std::uint8_t>{0, 255}));
  EXPECT_EQ(elements_from<std::int16_t>(ElementType::i16, {-32768, 7}), (Elements<std::int16_t>{-32768, 7}));
  EXPECT_EQ(elements_from<std::uint16_t>(ElementType::u16, {65535}), (Elements<std::uint16_t>{65535}));
  EXPECT_EQ(elements_from<std::uint16_t>(ElementType::f16, {0x3c00}), (Elements<std::uint16_t>{0x3c00}));
  EXPECT_EQ(elements_from<std::uint16_t>(ElementType::bf16, {0xbf80}), (Elements<std::uint16_t>{0xbf80}));
  EXPECT_EQ(elements_from<std::uint8_t>(ElementType::boolean, {1, 0}), (Elements<std::uint8_t>{1, 0}));
  EXPECT_EQ(elements_from<std::int32_t>(ElementType::i32, {-1, 1 << 30}), (Elements<std::int32_t>{-1, 1 << 30}));
  EXPECT_EQ(elements_from<std::int64_t>(ElementType::i64, {-1, 5}), (Elements<std::int64_t>{-1, 5}));
  EXPECT_EQ(elements_from<std::uint32_t>(ElementType::u32, {0xffffffff}), (Elements<std::uint32_t>{0xffffffff}));
  EXPECT_EQ(elements_from<std::uint64_t>(ElementType::u64, {-1}), (Elements<std::uint64_t>{~std::uint64_t{0}}));
}

TEST(TypedElements, UnpacksRealsPackedOrNot) {
  const auto reals = tensor_from(tensor(ElementType::f32, 3).real(4, 1).packed_reals(4, {2, 3}));
  ASSERT_TRUE(reals.ok()) << reals.status().message();
  EXPECT_EQ(to_tensor(*reals)->as<float>()[2], 3.0F);
  const auto wide = tensor_from(tensor(ElementType::f64, 2).wide_real(10, 0.25).wide_real(10, 4));
  ASSERT_TRUE(wide.ok()) << wide.status().message();
  EXPECT_EQ(to_tensor(*wide)->as<float>()[1], 4.0F);
}

TEST(TypedElements, RefusesNumbersThatTheTypeLacks) {
  struct Case {
    ElementType type;
    std::int64_t number;
  };
  for (const Case& wrong :
       {Case{ElementType::i8, 128}, Case{ElementType::i8, -129}, Case{ElementType::u8, 256}, Case{ElementType::u8, -1},
        Case{ElementType::i16, 32768}, Case{ElementType::u16, 65536}, Case{ElementType::f16, -1},
        Case{ElementType::bf16, 65536}, Case{ElementType::boolean, 2}, Case{ElementType::u32, std::int64_t{1} << 32}}) {
    const auto data = tensor_from(tensor(wrong.type, 1).packed(typed_field(wrong.type).number, {wrong.number}));
    EXPECT_EQ(data.status().code(), StatusCode::bad_format) << name_of(wrong.type) << ' ' << wrong.number;
  }
}

TEST(TypedElements, RefusesTheFieldOfAnotherType) {
  for (const std::uint32_t field : {5U, 7U, 11U}) {
    EXPECT_EQ(tensor_from(tensor(ElementType::f32, 1).packed(field, {1})).status().code(), StatusCode::bad_format);
  }
  EXPECT_EQ(tensor_from(tensor(ElementType::i64, 1).packed(5, {1})).status().code(), StatusCode::bad_format);
  EXPECT_EQ(tensor_from(tensor(ElementType::i32, 1).packed_reals(4, {1})).status().code(), StatusCode::bad_format);
  EXPECT_EQ(tensor_from(tensor(ElementType::i32, 1).text(6, "1")).status().code(), StatusCode::bad_format);
}

TEST(TypedElements, RefusesBrokenPackedNumbers) {
  EXPECT_FALSE(tensor_from(tensor(ElementType::i64, 1).text(7, std::string("\x80\x80"))).ok());
  EXPECT_FALSE(tensor_from(tensor(ElementType::i64, 1).text(7, std::string(11, '\xff') + '\x01')).ok());
  EXPECT_FALSE(tensor_from(tensor(ElementType::f32, 1).text(4, "abcde")).ok());
  EXPECT_FALSE(tensor_from(tensor(ElementType::f32, 1).integer(4, 1)).ok());
}

TEST(TypedElements, LeavesOtherTypesWithoutAField) {
  EXPECT_EQ(typed_field(ElementType::undefined).number, 0U);
  EXPECT_EQ(typed_field(static_cast<ElementType>(17)).number, 0U);
}

}  // namespace
}  // namespace rheo::onnx
