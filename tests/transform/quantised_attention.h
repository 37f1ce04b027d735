// SPDX-License-Identifier: Apache-2.0
// Attention as a quantised model spells it, for tests of the passes that make one op on 8-bit values of it.
#pragma once

#include <string>
#include <vector>

#include "support/sample_graphs.h"
#include "support/spelled_quantization.h"
#include "transform/pass.h"

namespace rheo::testing {

// What name_quantization makes of a spelled pair.
inline ValueId named_pair(Net& net, ValueId x, double scale, std::int64_t zero_point, const std::string& name = {}) {
  const ValueId stored = net.node(OpKind::quantize, {x},
                                  {{"dtype", std::string("u8")}, {"scale", scale}, {"zero_point", zero_point}}, name);
  return net.node(OpKind::dequantize, {stored}, {{"dtype", std::string("f32")}});
}

struct SpelledAttention {
  bool rounds_values = true;
  bool is_masked = false;
  bool keys_are_read = false;  // by somebody else too
};

// Two heads of four words between 8-bit layers. The queries are scaled in front of their rounding, the keys transposed
// once for heads and product, and what the heads answer is rounded before and behind the moves.
inline GraphPointer spelled_attention(const SpelledAttention& how = {}) {
  using Integers = std::vector<std::int64_t>;
  Net net;
  const auto pair = [&](ValueId x, float scale, float zero_point, const char* name = "") {
    return spelled_dequantize(net, spelled_quantize(net, x, scale, zero_point, name), scale, zero_point);
  };
  const ValueId x = pair(net.input({kDynamic, 4, 8}), 1.0F / 127, 128);
  const auto heads = [&](std::uint64_t seed, const char* name, const Integers& permutation) {
    const ValueId rows = net.node(OpKind::linear, {x, stored_weights(net, {8, 8}, 0, seed)}, {}, name);
    const ValueId parted = net.node(OpKind::reshape, {rows}, {{"shape", Integers{0, 4, 2, 4}}});
    return net.node(OpKind::transpose, {parted}, {{"permutation", permutation}});
  };
  const ValueId scaled = net.node(OpKind::mul, {heads(4, "q", {0, 2, 1, 3}), number(net, 0.5F)});
  const ValueId q = pair(scaled, 0.01F, 120, "q.stored");
  const ValueId moved = heads(5, "k", {0, 2, 3, 1});
  const ValueId k = pair(moved, 0.02F, 128, "k.stored");
  const ValueId v = heads(6, "v", {0, 2, 1, 3});
  ValueId scores = pair(net.node(OpKind::matmul, {q, k}), 0.02F, 100);
  if (how.is_masked) scores = net.node(OpKind::add, {scores, net.constant({1, 1, 1, 4})});
  const ValueId weights = pair(net.node(OpKind::softmax, {scores}), 1.0F / 255, 0);
  const ValueId values = how.rounds_values ? pair(v, 0.02F, 131, "v.stored") : v;
  const ValueId seen = net.node(OpKind::matmul, {weights, values}, {}, "attention");
  const ValueId back =
      net.node(OpKind::transpose, {pair(seen, 0.01F, 127, "seen.stored")}, {{"permutation", Integers{0, 2, 1, 3}}});
  const ValueId rows = net.node(OpKind::reshape, {back}, {{"shape", Integers{0, 4, 8}}}, "rows");
  const ValueId y = net.node(OpKind::linear, {pair(rows, 0.01F, 127), stored_weights(net, {8, 8}, 0, 7)});
  net.exit("final", net.node(OpKind::reshape, {y}, {{"shape", Integers{0, 32}}}));
  if (how.keys_are_read) net.output("keys", net.node(OpKind::sigmoid, {moved}));
  return net.build();
}

// The same with its pairs named.
inline GraphPointer named_attention(const SpelledAttention& how = {}) {
  return name_quantization(*spelled_attention(how)).value();
}

}  // namespace rheo::testing
