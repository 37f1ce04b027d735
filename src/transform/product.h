// SPDX-License-Identifier: Apache-2.0
// What the passes ask of conv2d and linear, the two ops that others are fused into ("products": weights times inputs,
// then bias, residual, activation).
#pragma once

#include <optional>
#include <vector>

#include "op/epilogue.h"
#include "transform/rewriter.h"

namespace rheo {

bool is_product(OpKind kind);

// The product that makes `old` (a value of the old graph), when something may still be fused behind it: nobody else
// reads the value, it is no exit, no activation is fused yet, and the result is f32. Null otherwise.
const Rewriter::Emitted* open_product(Rewriter& rewriter, ValueId old);

// The inputs of a product, always four: x, weights, bias or kNoValue, residual or kNoValue.
std::vector<ValueId> product_inputs(const Rewriter::Emitted& product);

// The elements of an f32 constant; nothing when `value` is absent, computed, or of another type.
std::optional<std::span<const float>> f32_constant(const Rewriter& rewriter, ValueId value);

// `value`, a constant that broadcasts along the channels of a result of `shape`, as one float per channel: channels are
// dimension 1 of a picture (conv2d) and the last dimension else (linear). Nothing when it varies along another
// dimension or would enlarge the result.
std::optional<std::vector<float>> per_channel(const Rewriter& rewriter, ValueId value, OpKind product,
                                              const Shape& shape);

}  // namespace rheo
