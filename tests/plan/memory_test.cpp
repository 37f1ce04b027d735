// SPDX-License-Identifier: Apache-2.0
#include "plan/memory.h"

#include <gtest/gtest.h>

#include <random>

#include "plan/bind.h"
#include "plan/fake_kernels.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::fake_lists;
using testing::GraphPointer;
using testing::Net;

TEST(Book, BlocksOfOneMomentNeverOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<Lifetime> lifetimes(1 + random() % 40);
    for (Lifetime& life : lifetimes) {
      life.bytes = random() % 5 == 0 ? 0 : random() % 5000;
      life.first = static_cast<int>(random() % 30) - 1;
      life.last = life.first + static_cast<int>(random() % 8);
    }
    const Booking booking = book(lifetimes, kArenaLimitBytes).value();
    for (std::size_t a = 0; a < lifetimes.size(); ++a) {
      EXPECT_EQ(booking.offsets[a] % Tensor::kAlignment, 0U);
      EXPECT_LE(booking.offsets[a] + lifetimes[a].bytes, booking.total_bytes);
      for (std::size_t b = a + 1; b < lifetimes.size(); ++b) {
        const bool together = lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last;
        if (!together || lifetimes[a].bytes == 0 || lifetimes[b].bytes == 0) continue;
        EXPECT_TRUE(booking.offsets[a] + lifetimes[a].bytes <= booking.offsets[b] ||
                    booking.offsets[b] + lifetimes[b].bytes <= booking.offsets[a])
            << "blocks " << a << " and " << b << " in round " << round;
      }
    }
  }
}

TEST(Book, MemoryIsUsedAgain) {
  const std::vector<Lifetime> chain = {{1024, 0, 1}, {1024, 1, 2}, {1024, 2, 3}, {1024, 3, 4}};
  EXPECT_EQ(book(chain, kArenaLimitBytes)->total_bytes, 2048U);
}

TEST(Book, TheTightestGapIsTaken) {
  // Two gaps open at op 2: one of 1024 and one of 256 bytes; the small block belongs in the small one.
  const std::vector<Lifetime> lifetimes = {{4096, 0, 9}, {1024, 0, 1}, {512, 0, 9},
                                           {256, 0, 1},  {200, 0, 9},  {192, 2, 3}};
  const Booking booking = book(lifetimes, kArenaLimitBytes).value();
  EXPECT_EQ(booking.offsets[5], booking.offsets[3]);
}

// Sizes come from a file: a sum that wrapped around would give a small arena to large values.
TEST(Book, RefusesWhatIsTooLargeInsteadOfWrappingAround) {
  const std::vector<Lifetime> half_each = {{SIZE_MAX / 2, 0, 1}, {SIZE_MAX / 2 + 2, 0, 1}};
  const std::vector<Lifetime> not_alignable = {{SIZE_MAX, 0, 1}};
  for (const std::size_t limit : {kArenaLimitBytes, SIZE_MAX}) {
    EXPECT_EQ(book(half_each, limit).status().code(), StatusCode::limit_exceeded) << limit;
    EXPECT_EQ(book(not_alignable, limit).status().code(), StatusCode::limit_exceeded) << limit;
  }
  const std::vector<Lifetime> together = {{600, 0, 1}, {600, 1, 2}};
  EXPECT_TRUE(book(together, 1280).ok());
  const Status status = book(together, 1279).status();
  EXPECT_NE(status.message().find("1280 bytes"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("1279"), std::string::npos) << status.message();
}

// A random network of relu, add and reshape over [?, 24] with up to three exits.
GraphPointer random_network(std::mt19937& random) {
  Net net;
  std::vector<ValueId> values = {net.input({kDynamic, 24}), net.constant({1, 24})};
  const auto pick = [&] { return values[random() % values.size()]; };
  const int nodes = 3 + static_cast<int>(random() % 25);
  for (int i = 0; i < nodes; ++i) {
    switch (random() % 4) {
      case 0: values.push_back(net.node(OpKind::relu, {pick()})); break;
      case 1: {
        const ValueId folded = net.node(OpKind::reshape, {pick()}, {{"shape", std::vector<std::int64_t>{0, 4, 6}}});
        values.push_back(net.node(OpKind::flatten, {folded}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}));
        break;
      }
      default: values.push_back(net.node(OpKind::add, {values[0], pick()})); break;
    }
  }
  const int exits = 1 + static_cast<int>(random() % 3);
  for (int exit = 0; exit < exits; ++exit) {
    const ValueId answer =
        net.node(OpKind::add, {values[values.size() - 1 - static_cast<std::size_t>(exit)], values[0]});
    net.exit("exit" + std::to_string(exit), answer);
  }
  return net.build();
}

// What the network computes when every value has memory of its own.
std::vector<std::vector<float>> without_sharing(const Graph& graph, const std::vector<float>& input) {
  std::vector<std::vector<float>> values(graph.values().size());
  for (std::size_t id = 0; id < values.size(); ++id) {
    const Tensor& constant = graph.values()[id].constant;
    if (!constant.empty()) values[id].assign(constant.as<float>().begin(), constant.as<float>().end());
  }
  values[graph.inputs()[0].value] = input;
  for (const Node& node : graph.nodes()) {
    std::vector<std::span<const float>> inputs;
    for (ValueId id : node.inputs) inputs.emplace_back(values[id]);
    const bool renames = node.kind == OpKind::reshape || node.kind == OpKind::flatten;
    values[node.outputs[0]] =
        renames ? values[node.inputs[0]]
                : testing::scramble(node.kind, inputs, node.kind == OpKind::relu ? inputs[0].size() : input.size());
  }
  return values;
}

TEST(BookArena, RandomNetworksComputeAsIfNothingWereShared) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const GraphPointer graph = random_network(random);
    PlanOptions options;
    options.batch = 2;
    const auto plan = make_plan_from(fake_lists(), graph, options).value();
    const Arena arena = allocate_arena(plan->arena_bytes()).value();
    auto bound = bind_ops(*plan, arena.get()).value();
    std::vector<float> input(48);
    for (float& x : input) x = static_cast<float>(random() % 1000);
    std::copy(input.begin(), input.end(),
              reinterpret_cast<float*>(slot_address(*plan, plan->input_slot(0), arena.get())));
    for (auto& kernel : bound) ASSERT_TRUE(kernel->run(nullptr).ok());
    const auto expected = without_sharing(*graph, input);
    for (int exit = 0; exit < plan->stage_count(); ++exit) {
      const auto* answer = reinterpret_cast<const float*>(slot_address(*plan, plan->exit_slot(exit), arena.get()));
      const auto& wanted = expected[graph->exits()[static_cast<std::size_t>(exit)].value];
      ASSERT_EQ(std::vector<float>(answer, answer + wanted.size()), wanted) << "round " << round << " exit " << exit;
    }
  }
}

TEST(BookArena, ChainsOfInPlaceOpsNeedOneBlock) {
  Net net;
  ValueId x = net.input({kDynamic, 1024});
  for (int i = 0; i < 6; ++i) x = net.node(OpKind::relu, {x});
  net.exit("only", x);
  const auto plan = make_plan_from(fake_lists(), net.build(), {}).value();
  EXPECT_LT(plan->arena_bytes(), 2 * 4096U);
}

TEST(BookArena, AnInputThatIsReadAgainIsNotTakenOver) {
  Net net;
  const ValueId x = net.input({kDynamic, 1024});
  const ValueId y = net.node(OpKind::relu, {x});
  net.exit("only", net.node(OpKind::add, {x, y}));
  const auto plan = make_plan_from(fake_lists(), net.build(), {}).value();
  const auto& relu = plan->ops()[0];
  EXPECT_NE(plan->slots()[static_cast<std::size_t>(relu.inputs[0])].offset,
            plan->slots()[static_cast<std::size_t>(relu.outputs[0])].offset);
}

}  // namespace
}  // namespace rheo
