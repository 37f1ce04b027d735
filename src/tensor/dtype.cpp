// SPDX-License-Identifier: Apache-2.0
#include <rheo/tensor.h>

namespace rheo {
namespace {

struct DTypeFacts {
  DType dtype;
  std::string_view name;
  std::size_t size_bytes;
};

constexpr std::array<DTypeFacts, 8> kDTypes = {{
    {DType::f32, "f32", 4},
    {DType::bf16, "bf16", 2},
    {DType::f16, "f16", 2},
    {DType::i8, "i8", 1},
    {DType::u8, "u8", 1},
    {DType::i32, "i32", 4},
    {DType::i64, "i64", 8},
    {DType::boolean, "bool", 1},
}};

}  // namespace

std::size_t size_bytes(DType dtype) {
  for (const DTypeFacts& facts : kDTypes) {
    if (facts.dtype == dtype) return facts.size_bytes;
  }
  return 0;
}

std::string_view name_of(DType dtype) {
  for (const DTypeFacts& facts : kDTypes) {
    if (facts.dtype == dtype) return facts.name;
  }
  return "unknown";
}

Result<DType> dtype_from_name(std::string_view name) {
  std::string known;
  for (const DTypeFacts& facts : kDTypes) {
    if (facts.name == name) return facts.dtype;
    known.append(known.empty() ? "" : ", ").append(facts.name);
  }
  return Status(StatusCode::invalid_argument,
                "There is no element type \"" + std::string(name) + "\"; the types are " + known + ".");
}

}  // namespace rheo
