// SPDX-License-Identifier: Apache-2.0
#include "transform/kept_bytes.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "transform/quantised_attention.h"

namespace rheo {
namespace {

using namespace testing;

bool keeps(const Graph& graph, std::string_view name) {
  const std::vector<bool> kept = kept_bytes(graph);
  for (ValueId value = 0; value < kept.size(); ++value) {
    if (graph.value(value).name == name) return kept[value];
  }
  ADD_FAILURE() << "no value " << name;
  return false;
}

// x rounded -> two moves, whose result one or two readers take.
struct Moves {
  Net net;
  ValueId x = named_pair(net, net.input({kDynamic, 2, 3, 4}), 0.01, 128);
  ValueId moved =
      net.node(OpKind::transpose, {x}, {{"permutation", std::vector<std::int64_t>{0, 2, 1, 3}}}, "transpose");
  ValueId rows = net.node(OpKind::flatten, {moved}, {}, "flatten");
};

TEST(KeptBytes, MovesInFrontOfTheSameRounding) {
  Moves same;
  same.net.exit("final", named_pair(same.net, same.rows, 0.01, 128));
  const testing::GraphPointer graph = same.net.build();
  EXPECT_TRUE(keeps(*graph, "transpose"));
  EXPECT_TRUE(keeps(*graph, "flatten"));

  Moves other;
  other.net.exit("final", named_pair(other.net, other.rows, 0.01, 127));
  EXPECT_FALSE(keeps(*other.net.build(), "transpose"));
}

TEST(KeptBytes, MovesInFrontOfALayer) {
  Moves alone;
  const ValueId y = alone.net.node(OpKind::linear, {alone.rows, stored_weights(alone.net, {5, 24}, 0, 4)});
  alone.net.exit("final", y);
  EXPECT_TRUE(keeps(*alone.net.build(), "transpose"));

  Moves shared;
  shared.net.exit("final", shared.net.node(OpKind::linear, {shared.rows, stored_weights(shared.net, {5, 24}, 0, 4)}));
  shared.net.output("real", shared.net.node(OpKind::sigmoid, {shared.rows}));
  const testing::GraphPointer graph = shared.net.build();
  EXPECT_FALSE(keeps(*graph, "flatten"));
  EXPECT_FALSE(keeps(*graph, "transpose"));
}

TEST(KeptBytes, OfAnAttentionAllOrNone) {
  for (const bool all : {true, false}) {
    Net net;
    const ValueId x = net.input({kDynamic, 4, 2, 4});
    const auto heads = [&](bool rounds, const char* name) {
      const ValueId from = rounds ? named_pair(net, x, 0.01, 128) : x;
      return net.node(OpKind::transpose, {from}, {{"permutation", std::vector<std::int64_t>{0, 2, 1, 3}}}, name);
    };
    const ValueId q = heads(true, "q");
    const ValueId k = heads(true, "k");
    net.exit("final", net.node(OpKind::attention, {q, k, heads(all, "v")}));
    const testing::GraphPointer graph = net.build();
    EXPECT_EQ(keeps(*graph, "q"), all);
    EXPECT_EQ(keeps(*graph, "k"), all);
    EXPECT_EQ(keeps(*graph, "v"), all);
  }
}

}  // namespace
}  // namespace rheo
