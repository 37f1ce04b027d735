// SPDX-License-Identifier: Apache-2.0
// Settings of attention, and where its heads lie.
//
// Without "heads" every operand has them apart, [batch, heads, rows, depth]. With "heads" they lie side by side in
// rows, as linear layers make and take them: q [b, s, *], k [b, t, *], v [b, t, *] -> [b, s, heads * e]. "depths" [d,
// e] says how long a head is in q and k, and in v; "columns" [0, 0, 0] where the first one begins in the rows of q, of
// k and of v, so that all three may be parts of one value.
#pragma once

#include <cstddef>
#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// Input positions of attention.
inline constexpr std::size_t kMaskInput = 3;

// A value type; read from attributes that passed infer_types.
struct AttentionSettings {
  double scale = 1;        // of the products of queries and keys
  bool is_causal = false;  // query i sees keys 0..i only
  // `depth`: the length of a query.
  static AttentionSettings from(const Attributes& attributes, std::int64_t depth);
};

// How large an attention is, whichever way its heads lie; of types and attributes that passed infer_types.
struct AttentionSizes {
  std::int64_t batch = 1, heads = 1, queries = 1, keys = 1;
  std::int64_t depth = 1, out_depth = 1;  // of a query or key; of a value
  static AttentionSizes of(const Shape& q, const Shape& k, const Shape& v, const Attributes& attributes);
};

// Where the rows of one operand lie, in elements. The elements of a row lie side by side.
struct HeadPlaces {
  std::int64_t first = 0, batch = 0, head = 0, row = 0;
  std::int64_t of(std::int64_t b, std::int64_t h, std::int64_t r) const {
    return first + b * batch + h * head + r * row;
  }
};

struct AttentionPlaces {
  HeadPlaces q, k, v, y;
  // Of types of a known batch.
  static AttentionPlaces of(const Shape& q, const Shape& k, const Shape& v, const Attributes& attributes);
};

}  // namespace rheo
