// SPDX-License-Identifier: Apache-2.0
// What the loops of the norms are told. Plain data.
#pragma once

#include <cstdint>

#include <rheo/tensor.h>

namespace rheo {

struct Spread {
  float mean = 0, variance = 0;
};

struct Centre {
  const float* mean = nullptr;
  const float* scale = nullptr;
  const float* shift = nullptr;
};

// out[c] = in[c] / (bias + factor * sum of in[k]^2, k in c - before .. c + after)^beta, over `channels` channels that
// lie `stride` elements apart, for runs of elements side by side.
struct ResponseCall {
  DType dtype = DType::f32;  // f32 or bf16
  std::int64_t channels = 0, stride = 1;
  std::int64_t before = 0, after = 0;
  float factor = 0, beta = 0, bias = 1;
};

// out = in / norm over `count` elements that lie `stride` apart, for `stride` such columns side by side.
struct LpCall {
  DType dtype = DType::f32;  // f32 or bf16
  bool squares = true;       // p is 2; else 1
  std::int64_t count = 0;
  std::int64_t stride = 1;
};

}  // namespace rheo
