// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/typed_elements.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "load/onnx/element_type.h"

namespace rheo::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are stored as they lie in memory");

template <typename T>
bool is_in(std::int64_t number) {
  return number >= std::numeric_limits<T>::min() && number <= std::numeric_limits<T>::max();
}

// Whether the bits of a number, as they come from its field, are a value of the type.
bool is_value(ElementType type, std::uint64_t bits) {
  // The wire writes an int32 with 64 bits when it is negative; only its lower half counts.
  const std::int64_t number = static_cast<std::int32_t>(bits);
  switch (type) {
    case ElementType::u8: return is_in<std::uint8_t>(number);
    case ElementType::i8: return is_in<std::int8_t>(number);
    case ElementType::u16:
    case ElementType::f16:
    case ElementType::bf16: return is_in<std::uint16_t>(number);
    case ElementType::i16: return is_in<std::int16_t>(number);
    case ElementType::boolean: return number == 0 || number == 1;
    case ElementType::u32: return bits <= std::numeric_limits<std::uint32_t>::max();
    default: return true;
  }
}

}  // namespace

TypedField typed_field(ElementType type) {
  switch (type) {
    case ElementType::f32: return {4, WireType::fixed32};
    case ElementType::i32:
    case ElementType::i16:
    case ElementType::i8:
    case ElementType::u16:
    case ElementType::u8:
    case ElementType::boolean:
    case ElementType::f16:
    case ElementType::bf16: return {5, WireType::varint};
    case ElementType::text: return {6, WireType::bytes};
    case ElementType::i64: return {7, WireType::varint};
    case ElementType::f64: return {10, WireType::fixed64};
    case ElementType::u32:
    case ElementType::u64: return {11, WireType::varint};
    case ElementType::undefined: break;
  }
  return {};
}

Status unpack_elements(WireMessage message, std::size_t count, Reading& reading, TensorData& tensor) {
  const TypedField field = typed_field(tensor.type);
  const std::size_t each_bytes = element_bytes(tensor.type);
  const std::size_t size_bytes = count * each_bytes;
  RHEO_RETURN_IF_ERROR(reading.book(count, each_bytes));
  RHEO_RETURN_IF_ERROR(reading.book(1, sizeof(Tensor) + Tensor::kAlignment));
  RHEO_ASSIGN_OR_RETURN(Tensor made, Tensor::zeros(DType::u8, {static_cast<std::int64_t>(size_bytes)}));
  const auto memory = std::make_shared<Tensor>(std::move(made));
  auto* const first = static_cast<std::byte*>(memory->mutable_data());
  std::size_t at = 0;
  bool are_values = true;
  while (message.next()) {
    if (message.number() != field.number) continue;
    message.each_number(field.type, [&](std::uint64_t bits) {
      are_values = are_values && is_value(tensor.type, bits) && at < size_bytes;
      if (!are_values) return;
      std::memcpy(first + at, &bits, each_bytes);
      at += each_bytes;
    });
    if (!are_values) {
      message.note(message.broken(fmt::format("A number in field {} is no {}.", field.number, name_of(tensor.type))));
    }
  }
  tensor.bytes = {first, at};
  tensor.owner = memory;
  return message.finish();
}

}  // namespace rheo::onnx
