// SPDX-License-Identifier: Apache-2.0
#include "plan/bind.h"

#include <gtest/gtest.h>

#include "plan/fake_kernels.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

TEST(Arena, IsZeroedAndAligned) {
  const Arena arena = allocate_arena(1000).value();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.get()) % Tensor::kAlignment, 0U);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(arena.get()[i], std::byte{0});
  EXPECT_NE(allocate_arena(0).value().get(), nullptr);
}

TEST(Arena, WithoutMemoryItSaysHowMuchWasAsked) {
  const auto arena = allocate_arena(std::size_t{1} << 62);
  ASSERT_FALSE(arena.ok());
  EXPECT_EQ(arena.status().code(), StatusCode::resource_exhausted);
  EXPECT_NE(arena.status().message().find("4611686018427387904"), std::string::npos);
}

TEST(SlotAddress, ConstantsStayWhereTheyAre) {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 8});
  net.exit("only", net.node(OpKind::add, {x, net.constant({8})}));
  const auto graph = net.build();
  const auto plan = make_plan_from(testing::fake_lists(), graph, {}).value();
  const Arena arena = allocate_arena(plan->arena_bytes()).value();
  const PlanOp& add = plan->ops()[0];
  EXPECT_EQ(slot_address(*plan, add.inputs[0], arena.get()),
            arena.get() + plan->slots()[static_cast<std::size_t>(add.inputs[0])].offset);
  EXPECT_EQ(static_cast<const void*>(slot_address(*plan, add.inputs[1], arena.get())),
            graph->value(graph->nodes()[0].inputs[1]).constant.data());
  EXPECT_EQ(bind_ops(*plan, arena.get()).value().size(), 1U);
}

}  // namespace
}  // namespace rheo
