// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/small_integers.h"

#include <algorithm>
#include <vector>

#include "base/try.h"

namespace rheo::onnx {
namespace {

bool is_small(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

// Ops whose answer is one of their inputs or lies between them, so that it needs no more bits than they have.
bool stays_small(OpKind kind) {
  switch (kind) {
    case OpKind::min:
    case OpKind::max:
    case OpKind::mod:
    case OpKind::clamp:
    case OpKind::sign:
    case OpKind::reduce_min:
    case OpKind::reduce_max: return true;
    default: return false;
  }
}

Result<ImportValue> integer(std::int32_t number) {
  RHEO_ASSIGN_OR_RETURN(Tensor tensor, Tensor::of<std::int32_t>({number}, Shape{}));
  return ImportValue::known(std::move(tensor));
}

// The i32 that the lowest 8 bits of an i32 stand for: mod 256, which has the sign of 256, around the middle of the
// type.
Result<ImportValue> wrapped(Call& call, ImportValue wide, DType dtype) {
  RHEO_ASSIGN_OR_RETURN(ImportValue steps, integer(256));
  if (dtype == DType::u8) return call.emit(OpKind::mod, {&wide, &steps});
  RHEO_ASSIGN_OR_RETURN(ImportValue half, integer(128));
  RHEO_ASSIGN_OR_RETURN(wide, call.emit(OpKind::add, {&wide, &half}));
  RHEO_ASSIGN_OR_RETURN(wide, call.emit(OpKind::mod, {&wide, &steps}));
  return call.emit(OpKind::sub, {&wide, &half});
}

}  // namespace

Result<ImportValue> emit_widened(Call& call, OpKind kind, std::span<ImportValue* const> inputs,
                                 const Attributes& attributes) {
  const DType dtype = call.dtype_of(*inputs[0]);
  if (!is_small(dtype)) return call.emit(kind, inputs, attributes);
  std::vector<ImportValue> wide(inputs.size());
  std::vector<ImportValue*> operands(inputs.size(), nullptr);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    wide[i] = *inputs[i];
    if (call.dtype_of(wide[i]) == dtype) {
      RHEO_ASSIGN_OR_RETURN(wide[i], call.cast(*inputs[i], DType::i32));
    }
    operands[i] = &wide[i];
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(kind, std::span<ImportValue* const>(operands), attributes));
  if (call.dtype_of(y) != DType::i32) return y;
  if (!stays_small(kind)) {
    RHEO_ASSIGN_OR_RETURN(y, wrapped(call, std::move(y), dtype));
  }
  return call.cast(y, dtype);
}

Result<ImportValue> emit_widened(Call& call, OpKind kind, std::initializer_list<ImportValue*> inputs,
                                 const Attributes& attributes) {
  return emit_widened(call, kind, std::span<ImportValue* const>(inputs.begin(), inputs.size()), attributes);
}

}  // namespace rheo::onnx
