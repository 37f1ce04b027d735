// SPDX-License-Identifier: Apache-2.0
// The forms in which a value exists while a graph is lowered: the one its node makes ("native"), and others that
// readers asked for, each converted once and then shared.
#pragma once

#include <map>
#include <utility>

#include "transform/rewriter.h"

namespace rheo {

class Representations {
 public:
  // `rewriter` must outlive this.
  explicit Representations(Rewriter& rewriter) : rewriter_(rewriter) {}

  // The form the value was made in.
  Result<ValueId> native(ValueId old) { return rewriter_.mapped(old); }
  Result<DType> native_dtype(ValueId old);

  // Only f32, bf16 and 8-bit values are converted; integers and masks pass unchanged. kNoValue stays kNoValue.
  Result<ValueId> as_f32(ValueId old);
  Result<ValueId> as_bf16(ValueId old);
  // The weights of a product; depthwise ones are rounded by round_rows_to_bf16.
  Result<ValueId> as_bf16_weights(ValueId old);
  // In the type that the old graph declares, whatever it was made in.
  Result<ValueId> as_declared(ValueId old);
  // `dtype` u8 or i8; a value that is 8-bit already stays as it is, whatever its scale and zero point.
  Result<ValueId> as_8_bit(ValueId old, DType dtype, float scale, int zero_point = 0);

  // Puts every exit and output in the type that it was declared with, and builds.
  Result<GraphPointer> finish();

 private:
  Result<ValueId> convert(ValueId old, DType target, OpKind kind, Attributes attributes);
  using Rounding = Result<Tensor> (*)(const Tensor&);
  Result<ValueId> as_bf16(ValueId old, Rounding rounding);
  Result<ValueId> convert_constant(ValueId old, Rounding rounding);

  Rewriter& rewriter_;
  std::map<std::pair<ValueId, DType>, ValueId> converted_;  // by old value and type
};

}  // namespace rheo
