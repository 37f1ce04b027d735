// SPDX-License-Identifier: Apache-2.0
// Steps that all quantised operators share, those of ONNX and those of ONNX Runtime (com.microsoft): an 8-bit value
// stands for (stored - zero point) * scale. What is quantised by known numbers is said in real numbers, round(x /
// scale) + zero point cut to 8 bits and back, which is the form that passes make 8-bit layers of
// (transform/quantized_chain.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/try.h"
#include "load/onnx/call.h"

namespace rheo::onnx {

// Where one quantised operand stands among the inputs of a node. A zero point that is left out is 0.
struct QuantizedOperand {
  std::size_t stored = 0, scale = 1, zero = 2;
};

// A parameter of one number, or of one per index along `axis` of a tensor with `rank` dimensions, so that it
// broadcasts; f32.
Result<ImportValue> along(Call& call, ImportValue parameter, std::int64_t axis, std::size_t rank);
// stored - zero point, as f32; `zero` may be absent.
Result<ImportValue> centred(Call& call, std::size_t x, std::size_t zero, std::int64_t axis);
// (stored - zero point) * scale.
Result<ImportValue> real_of(Call& call, QuantizedOperand operand, std::int64_t axis = 1);
// round(x / scale) + zero point, saturated to `dtype`, which is refused unless it has 8 bits; a null scale is 1, a null
// zero point 0.
Result<ImportValue> stored_as(Call& call, ImportValue x, ImportValue* scale, ImportValue* zero, DType dtype);
// Answers with `y` in the scale and zero point of these inputs; without a zero point in `fallback`.
Status answer_quantized(Call& call, ImportValue y, std::size_t scale, std::size_t zero, DType fallback);

// Whether an input is there, known while importing, and the same for every batch.
bool is_known(Call& call, std::size_t index);
// Whether scale and zero point are one known number each.
bool has_known_form(Call& call, std::size_t scale, std::size_t zero);

// Weights of a layer as i8 around 0, with one scale or one along `axis`.
struct StoredWeights {
  Tensor elements;
  Quantization quantization;
};
// The weights as one of these, where an i8 holds stored - zero point: always of i8 around 0 and of u8 around 128. Other
// u8 are split into two that add up to them, halves in twice the scale and what is left in the scale itself, so that
// the layer becomes the sum of two. Nothing when they are not known or their scales are no scales.
Result<std::vector<StoredWeights>> stored_weights(Call& call, QuantizedOperand operand, std::int64_t axis);
// Adds them to the graph as they are stored, dequantised behind that.
Result<ImportValue> added(Call& call, StoredWeights weights);

// The sum of what `layer` makes of each part of the weights: each takes the sum so far as its residual.
template <typename Layer>
Result<ImportValue> summed(Call& call, std::vector<StoredWeights> parts, const Layer& layer) {
  ImportValue sum;
  for (StoredWeights& part : parts) {
    RHEO_ASSIGN_OR_RETURN(ImportValue w, added(call, std::move(part)));
    RHEO_ASSIGN_OR_RETURN(sum, layer(w, sum.is_missing() ? nullptr : &sum));
  }
  return sum;
}

// That of a linear layer; weights of [inputs, outputs] are exchanged first.
Result<ImportValue> linear_of(Call& call, ImportValue& x, std::vector<StoredWeights> parts, bool exchanges);

}  // namespace rheo::onnx
