// SPDX-License-Identifier: Apache-2.0
#include "load/aten/promotion.h"

#include <algorithm>

#include "base/try.h"

namespace rheo::aten {
namespace {

int kind_of(DType dtype) {
  switch (dtype) {
    case DType::boolean: return 0;
    case DType::f32:
    case DType::bf16:
    case DType::f16: return 2;
    default: return 1;
  }
}

// Of two types of one kind. No type of Rheo holds both kinds of bytes; 32 bits do.
DType wider(DType a, DType b) {
  if (a == b) return a;
  if (kind_of(a) == 2) return DType::f32;
  return a == DType::i64 || b == DType::i64 ? DType::i64 : DType::i32;
}

struct Operand {
  ImportValue* value;
  DType dtype;
  int weight;  // 0: a number, 1: a tensor without dimensions, 2: with some
};

DType common(const std::vector<Operand>& operands) {
  int kind = 0;
  for (const Operand& operand : operands) kind = std::max(kind, kind_of(operand.dtype));
  int weight = -1;
  DType dtype = DType::f32;
  for (const Operand& operand : operands) {
    if (kind_of(operand.dtype) != kind || operand.weight < weight) continue;
    dtype = operand.weight > weight ? operand.dtype : wider(dtype, operand.dtype);
    weight = operand.weight;
  }
  return kind == 2 ? DType::f32 : dtype;
}

}  // namespace

Result<std::vector<ImportValue>> promoted(Call& call, std::initializer_list<std::string_view> names, Numbers numbers) {
  std::vector<Operand> operands;
  for (const std::string_view name : names) {
    RHEO_ASSIGN_OR_RETURN(ImportValue * value, call.value(name));
    const int weight = !call.is_tensor(name) ? 0 : call.shape_of(*value).rank() == 0 ? 1 : 2;
    operands.push_back({value, call.dtype_of(*value), weight});
  }
  const DType dtype = numbers == Numbers::real ? DType::f32 : common(operands);
  std::vector<ImportValue> values;
  for (const Operand& operand : operands) {
    RHEO_ASSIGN_OR_RETURN(ImportValue value, call.cast(*operand.value, dtype));
    values.push_back(std::move(value));
  }
  return values;
}

Result<ImportValue> as_real(Call& call, ImportValue& value) { return call.cast(value, DType::f32); }

}  // namespace rheo::aten
