// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/element_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace rheo::onnx {
namespace {

struct Facts {
  ElementType type;
  std::string_view name;
  std::size_t bytes;
  std::optional<DType> dtype;
};

constexpr std::array kFacts = {Facts{ElementType::undefined, "undefined", 0, std::nullopt},
                               Facts{ElementType::f32, "f32", 4, DType::f32},
                               Facts{ElementType::u8, "u8", 1, DType::u8},
                               Facts{ElementType::i8, "i8", 1, DType::i8},
                               Facts{ElementType::u16, "u16", 2, std::nullopt},
                               Facts{ElementType::i16, "i16", 2, std::nullopt},
                               Facts{ElementType::i32, "i32", 4, DType::i32},
                               Facts{ElementType::i64, "i64", 8, DType::i64},
                               Facts{ElementType::text, "string", 0, std::nullopt},
                               Facts{ElementType::boolean, "bool", 1, DType::boolean},
                               Facts{ElementType::f16, "f16", 2, DType::f16},
                               Facts{ElementType::f64, "f64", 8, std::nullopt},
                               Facts{ElementType::u32, "u32", 4, std::nullopt},
                               Facts{ElementType::u64, "u64", 8, std::nullopt},
                               Facts{ElementType::bf16, "bf16", 2, DType::bf16}};

const Facts* facts_of(ElementType type) {
  const auto* const found = std::find_if(kFacts.begin(), kFacts.end(), [&](const Facts& f) { return f.type == type; });
  return found == kFacts.end() ? nullptr : found;
}

}  // namespace

std::string name_of(ElementType type) {
  const Facts* facts = facts_of(type);
  return facts == nullptr ? fmt::format("element type {}", static_cast<std::int32_t>(type)) : std::string(facts->name);
}

Result<DType> dtype_of(ElementType type) {
  const Facts* facts = facts_of(type);
  if (facts != nullptr && facts->dtype) return *facts->dtype;
  return Status(StatusCode::unsupported,
                fmt::format("Elements of type {} are not computed with; export the model with float32, float16, "
                            "bfloat16, int8, uint8, int32, int64 or bool.",
                            name_of(type)));
}

std::size_t element_bytes(ElementType type) {
  const Facts* facts = facts_of(type);
  return facts == nullptr ? 0 : facts->bytes;
}

ElementType element_type_of(DType dtype) {
  const auto* const found =
      std::find_if(kFacts.begin(), kFacts.end(), [&](const Facts& f) { return f.dtype == dtype; });
  return found == kFacts.end() ? ElementType::undefined : found->type;
}

}  // namespace rheo::onnx
