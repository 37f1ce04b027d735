// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "support/tensors.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::Net;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kHeads = 3;
constexpr std::int64_t kDepth = 4;
constexpr std::int64_t kWidth = kHeads * kDepth;

ValueId index(Net& net, const std::string& name, double number) {
  return net.builder().add_constant(name, testing::tensor_of(DType::i64, {}, {number})).value();
}

ValueId parted(Net& net, ValueId rows, std::int64_t length) {
  const ValueId heads = net.node(OpKind::reshape, {rows}, {{"shape", Integers{-1, length, kHeads, kDepth}}});
  return net.node(OpKind::transpose, {heads}, {{"permutation", Integers{0, 2, 1, 3}}});
}

ValueId joined(Net& net, ValueId heads, std::int64_t length, const std::string& name = "out") {
  const ValueId back = net.node(OpKind::transpose, {heads}, {{"permutation", Integers{0, 2, 1, 3}}});
  return net.node(OpKind::reshape, {back}, {{"shape", Integers{-1, length, kWidth}}}, name);
}

// Queries, keys and values by a layer each.
GraphPointer apart() {
  Net net;
  const ValueId x = net.input({kDynamic, 5, 6});
  const auto part = [&](const std::string& name) { return parted(net, net.linear(x, kWidth, name), 5); };
  const ValueId attention = net.node(OpKind::attention, {part("q"), part("k"), part("v")}, {{"scale", 0.3}});
  net.exit("final", joined(net, attention, 5));
  return net.build();
}

// By one layer, as ONNX files of several exporters part it.
enum class Parting { gather_then_part, part_then_gather, slice };

GraphPointer together(Parting parting) {
  Net net;
  // A batch that is moved behind other dimensions is known, until free_batch.
  const std::int64_t batch = parting == Parting::part_then_gather ? 1 : kDynamic;
  const ValueId rows = net.linear(net.input({batch, 5, 6}), 3 * kWidth, "qkv");
  std::vector<ValueId> parts;
  if (parting == Parting::part_then_gather) {
    const ValueId heads = net.node(OpKind::reshape, {rows}, {{"shape", Integers{-1, 5, 3, kHeads, kDepth}}});
    const ValueId first = net.node(OpKind::transpose, {heads}, {{"permutation", Integers{2, 0, 3, 1, 4}}});
    for (int i = 0; i < 3; ++i) parts.push_back(net.node(OpKind::gather, {first, index(net, std::to_string(i), i)}));
  } else if (parting == Parting::gather_then_part) {
    const ValueId thirds = net.node(OpKind::reshape, {rows}, {{"shape", Integers{-1, 5, 3, kWidth}}});
    for (int i = 0; i < 3; ++i) {
      const ValueId third = net.node(OpKind::gather, {thirds, index(net, std::to_string(i), i)}, {{"axis", 2}});
      parts.push_back(parted(net, third, 5));
    }
  } else {
    for (int i = 0; i < 3; ++i) {
      const Attributes attributes = {{"axis", 2}, {"start", i * kWidth}, {"end", (i + 1) * kWidth}};
      parts.push_back(parted(net, net.node(OpKind::slice, {rows}, attributes), 5));
    }
  }
  net.exit("final", joined(net, net.node(OpKind::attention, {parts[0], parts[1], parts[2]}), 5));
  return net.build();
}

GraphPointer rewritten(const GraphPointer& graph) {
  GraphPointer result = dead_code(*heads_in_rows(*graph).value()).value();
  const bool is_open = graph->value(graph->inputs()[0].value).type.shape[0] == kDynamic;
  const std::vector<Tensor> inputs = {testing::random_tensor({is_open ? 2 : 1, 5, 6}, 1)};
  EXPECT_TRUE(testing::same_answers(*graph, *result, inputs, 1e-6));
  return result;
}

TEST(HeadsInRows, ReadsWhatThreeLayersMake) {
  const GraphPointer result = rewritten(apart());
  EXPECT_EQ(testing::kinds(*result), (std::vector<std::string>{"linear", "linear", "linear", "attention"}));
  const Node* node = testing::find_node(*result, "out");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->attributes.integer("heads"), kHeads);
  EXPECT_EQ(node->attributes.integers("depths"), (Integers{kDepth, kDepth}));
  EXPECT_EQ(node->attributes.integers("columns"), (Integers{0, 0, 0}));
  EXPECT_EQ(node->attributes.real("scale"), 0.3) << "what else it was told stays";
}

TEST(HeadsInRows, ReadsPartsOfWhatOneLayerMakes) {
  for (const Parting parting : {Parting::gather_then_part, Parting::part_then_gather, Parting::slice}) {
    SCOPED_TRACE(static_cast<int>(parting));
    const GraphPointer result = rewritten(together(parting));
    EXPECT_EQ(testing::kinds(*result), (std::vector<std::string>{"linear", "attention"}));
    const Node* node = testing::find_node(*result, "out");
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->attributes.integers("columns"), (Integers{0, kWidth, 2 * kWidth}));
  }
}

// A batch between other dimensions cannot be open; where nothing is moved any more it is.
TEST(HeadsInRows, LeavesTheBatchInFront) {
  const GraphPointer result = optimize(together(Parting::part_then_gather)).value();
  EXPECT_EQ(testing::find_value(*result, "out")->type.shape, (Shape{kDynamic, 5, kWidth}));
}

struct Odd {
  bool gives_out = false;        // the answer by heads, too
  bool moves_otherwise = false;  // keys whose words and depth are exchanged
  bool joins_otherwise = false;  // the answer with the heads behind
  bool takes_some = false;       // queries of the first three words alone
};

GraphPointer odd(const Odd& form) {
  Net net;
  const ValueId x = net.input({kDynamic, 4, 6});
  const auto part = [&](const std::string& name) { return parted(net, net.linear(x, kWidth, name), 4); };
  ValueId q = part("q");
  ValueId k = part("k");
  if (form.moves_otherwise) k = net.node(OpKind::transpose, {k}, {{"permutation", Integers{0, 1, 3, 2}}});
  if (form.takes_some) q = net.node(OpKind::slice, {q}, {{"axis", 2}, {"start", 0}, {"end", 3}});
  const ValueId attention = net.node(OpKind::attention, {q, k, part("v")});
  if (form.gives_out) net.output("heads", attention);
  const Integers back = form.joins_otherwise ? Integers{0, 2, 3, 1} : Integers{0, 2, 1, 3};
  const ValueId words = net.node(OpKind::transpose, {attention}, {{"permutation", back}});
  net.exit("final", net.node(OpKind::reshape, {words}, {{"shape", Integers{-1, form.takes_some ? 3 : 4, kWidth}}}));
  return net.build();
}

TEST(HeadsInRows, LeavesWhatLiesOtherwise) {
  const std::vector<Tensor> inputs = {testing::random_tensor({2, 4, 6}, 1)};
  for (const Odd& form :
       {Odd{.gives_out = true}, Odd{.moves_otherwise = true}, Odd{.joins_otherwise = true}, Odd{.takes_some = true}}) {
    const GraphPointer graph = odd(form);
    const GraphPointer result = heads_in_rows(*graph).value();
    EXPECT_TRUE(testing::same_answers(*graph, *result, inputs, 1e-6));
    for (const Node& node : result->nodes()) EXPECT_EQ(node.attributes.integer("heads"), 0);
  }
  EXPECT_EQ(heads_in_rows(*odd({})).value()->nodes().size(), odd({})->nodes().size());
  EXPECT_EQ(testing::count_kind(*dead_code(*heads_in_rows(*odd({})).value()).value(), OpKind::transpose), 0);
}

}  // namespace
}  // namespace rheo
