// SPDX-License-Identifier: Apache-2.0
#include "transform/representations.h"

#include <fmt/format.h>

#include "base/try.h"
#include "tensor/half.h"
#include "transform/round_rows.h"

namespace rheo {
namespace {

bool is_8_bit(DType dtype) { return dtype == DType::u8 || dtype == DType::i8; }

Result<Tensor> rounded_to_bf16(const Tensor& tensor) {
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(DType::bf16, tensor.shape()));
  auto* bits = static_cast<std::uint16_t*>(result.mutable_data());
  for (const float element : tensor.as<float>()) *bits++ = f32_to_bf16(element);
  return result;
}

}  // namespace

Result<DType> Representations::native_dtype(ValueId old) {
  RHEO_ASSIGN_OR_RETURN(const ValueId value, native(old));
  return rewriter_.type(value).dtype;
}

Result<ValueId> Representations::as_f32(ValueId old) {
  if (old == kNoValue) return kNoValue;
  RHEO_ASSIGN_OR_RETURN(const DType dtype, native_dtype(old));
  if (dtype == DType::bf16) return convert(old, DType::f32, OpKind::cast, {{"dtype", std::string("f32")}});
  if (is_8_bit(dtype) && rewriter_.graph().value(old).type.dtype == DType::f32) {
    return convert(old, DType::f32, OpKind::dequantize, {{"dtype", std::string("f32")}});
  }
  return native(old);
}

Result<ValueId> Representations::as_bf16(ValueId old) { return as_bf16(old, rounded_to_bf16); }
Result<ValueId> Representations::as_bf16_weights(ValueId old) {
  return as_bf16(old, are_depthwise(rewriter_.graph().value(old).type.shape) ? round_rows_to_bf16 : rounded_to_bf16);
}

Result<ValueId> Representations::as_bf16(ValueId old, Rounding rounding) {
  if (old == kNoValue) return kNoValue;
  RHEO_ASSIGN_OR_RETURN(const DType dtype, native_dtype(old));
  if (dtype != DType::f32) return native(old);
  if (rewriter_.graph().value(old).is_constant()) return convert_constant(old, rounding);
  return convert(old, DType::bf16, OpKind::cast, {{"dtype", std::string("bf16")}});
}

Result<ValueId> Representations::as_declared(ValueId old) {
  switch (rewriter_.graph().value(old).type.dtype) {
    case DType::f32: return as_f32(old);
    case DType::bf16: return as_bf16(old);
    default: return native(old);
  }
}

Result<ValueId> Representations::as_8_bit(ValueId old, DType dtype, float scale, int zero_point) {
  RHEO_ASSIGN_OR_RETURN(const DType made_as, native_dtype(old));
  if (is_8_bit(made_as)) return native(old);
  Attributes attributes = {{"dtype", std::string(name_of(dtype))}, {"scale", static_cast<double>(scale)}};
  if (zero_point != 0) attributes.set("zero_point", std::int64_t{zero_point});
  return convert(old, dtype, OpKind::quantize, std::move(attributes));
}

Result<ValueId> Representations::convert(ValueId old, DType target, OpKind kind, Attributes attributes) {
  if (const auto found = converted_.find({old, target}); found != converted_.end()) return found->second;
  RHEO_ASSIGN_OR_RETURN(const ValueId value, native(old));
  const std::string& name = rewriter_.graph().value(old).name;
  RHEO_ASSIGN_OR_RETURN(const ValueId result,
                        rewriter_.emit(kind, {value}, std::move(attributes),
                                       rewriter_.fresh_name(fmt::format("{}.{}", name, name_of(target))), {}));
  converted_[{old, target}] = result;
  return result;
}

Result<ValueId> Representations::convert_constant(ValueId old, Rounding rounding) {
  if (const auto found = converted_.find({old, DType::bf16}); found != converted_.end()) return found->second;
  const Value& value = rewriter_.graph().value(old);
  RHEO_ASSIGN_OR_RETURN(Tensor rounded, rounding(value.constant));
  RHEO_ASSIGN_OR_RETURN(const ValueId result, rewriter_.add_constant(value.name + ".bf16", std::move(rounded)));
  converted_[{old, DType::bf16}] = result;
  return result;
}

Result<GraphPointer> Representations::finish() {
  for (const GivenOut& out : given_out(rewriter_.graph())) {
    RHEO_ASSIGN_OR_RETURN(const ValueId value, as_declared(out.value));
    rewriter_.stand_in(out.value, value);
  }
  return rewriter_.finish();
}

}  // namespace rheo
