// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/fake_kernels.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::fake_lists;
using testing::GraphPointer;
using testing::Net;

// image -> stem -> (exit1: early) ; stem + deep -> exit2. Pictures of 32 channels, answers are [?, 2048].
GraphPointer two_stages() {
  Net net;
  const ValueId image = net.input({kDynamic, 32, 8, 8});
  const ValueId stem = net.conv(image, 32, 3, 1, "stem");
  const auto flatten = [&](ValueId x, const char* name) {
    return net.node(OpKind::flatten, {x}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}, name);
  };
  net.exit("exit1", flatten(stem, "early"));
  const ValueId deep = net.conv(stem, 32, 3, 1, "deep");
  const ValueId sum = net.node(OpKind::add, {deep, stem}, {}, "sum");
  net.exit("exit2", flatten(sum, "late"));
  return net.build();
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> result;
  for (const PlanOp& op : plan.ops()) result.push_back(op.name);
  return result;
}

const Slot& slot(const Plan& plan, int index) { return plan.slots()[static_cast<std::size_t>(index)]; }

TEST(MakePlan, PicturesGoThroughNhwcAndAnswersArePlain) {
  const GraphPointer graph = two_stages();
  const auto plan = make_plan_from(fake_lists(), graph, {}).value();
  const std::string stem = graph->value(graph->nodes()[0].outputs[0]).name;
  const std::string sum = graph->value(graph->nodes()[3].outputs[0]).name;
  EXPECT_EQ(names(*plan), (std::vector<std::string>{"reorder(image)", "stem", "reorder(" + stem + ")", "deep", "sum",
                                                    "reorder(" + sum + ")"}));
  EXPECT_EQ(slot(*plan, plan->input_slot(0)).layout, Layout::plain);
  EXPECT_EQ(slot(*plan, plan->exit_slot(0)).layout, Layout::plain);
  EXPECT_EQ(slot(*plan, plan->exit_slot(1)).type.shape, (Shape{1, 2048}));
  EXPECT_EQ(plan->ops()[0].node, kNoNode);
  EXPECT_EQ(plan->ops()[1].kernel_name, "fake.wide");
  EXPECT_EQ(plan->ops()[1].refusals.size(), 2U);
}

TEST(MakePlan, StagesHoldTheirOpsAndCarryHomesOnly) {
  const auto plan = make_plan_from(fake_lists(), two_stages(), {}).value();
  EXPECT_EQ(plan->stage_begin(0), 0);
  EXPECT_EQ(plan->stage_begin(1), 3);
  EXPECT_EQ(plan->stage_begin(2), 6);
  for (int op = 0; op < 6; ++op) EXPECT_EQ(plan->ops()[static_cast<std::size_t>(op)].stage, op < 3 ? 0 : 1);
  ASSERT_EQ(plan->carried(0).size(), 1U);
  EXPECT_EQ(plan->carried(0)[0], plan->ops()[1].outputs[0]);
  EXPECT_TRUE(plan->carried(1).empty());
}

TEST(MakePlan, WhatIsCarriedDoesNotDependOnTheBatch) {
  const GraphPointer graph = two_stages();
  PlanOptions options;
  const auto one = make_plan_from(fake_lists(), graph, options).value();
  options.batch = 8;
  const auto eight = make_plan_from(fake_lists(), graph, options).value();
  ASSERT_EQ(one->carried(0).size(), eight->carried(0).size());
  for (std::size_t i = 0; i < one->carried(0).size(); ++i) {
    EXPECT_EQ(slot(*one, one->carried(0)[i]).value, slot(*eight, eight->carried(0)[i]).value);
    EXPECT_EQ(slot(*one, one->carried(0)[i]).layout, slot(*eight, eight->carried(0)[i]).layout);
  }
}

TEST(MakePlan, ChoicesAreFollowedExactly) {
  const KernelChoices choices = {{"stem", {"fake.blocked", Layout::nchw16c}},
                                 {"deep", {"fake.blocked", Layout::nchw16c}},
                                 {"sum", {"fake.add", Layout::nchw16c}}};
  PlanOptions options;
  options.choices = &choices;
  const auto plan = make_plan_from(fake_lists(), two_stages(), options).value();
  EXPECT_EQ(plan->ops()[1].kernel_name, "fake.blocked");
  EXPECT_EQ(slot(*plan, plan->ops()[0].outputs[0]).layout, Layout::nchw16c) << "the picture is reordered once";
  EXPECT_EQ(slot(*plan, plan->ops()[3].outputs[0]).layout, Layout::nchw16c);
  EXPECT_EQ(plan->ops().size(), 6U);
}

TEST(MakePlan, AChosenKernelThatReadsWhatIsThereNeedsNoReorder) {
  const KernelChoices choices = {{"deep", {"fake.mixed", Layout::nchw16c}}};
  PlanOptions options;
  options.choices = &choices;
  const auto plan = make_plan_from(fake_lists(), two_stages(), options).value();
  const auto deep =
      std::find_if(plan->ops().begin(), plan->ops().end(), [](const PlanOp& op) { return op.name == "deep"; });
  EXPECT_EQ(slot(*plan, deep->inputs[0]).layout, Layout::nhwc);
  EXPECT_EQ(slot(*plan, deep->outputs[0]).layout, Layout::nchw16c);
}

TEST(MakePlan, ChoicesForAnotherGraphAreRefused) {
  const KernelChoices choices = {{"no such node", {"fake.wide", Layout::nhwc}}};
  PlanOptions options;
  options.choices = &choices;
  const auto plan = make_plan_from(fake_lists(), two_stages(), options);
  ASSERT_FALSE(plan.ok());
  EXPECT_NE(plan.status().message().find("no such node"), std::string::npos);
}

TEST(MakePlan, NoReorderWhereTheBytesAgree) {
  Net net;
  const ValueId image = net.input({kDynamic, 1, 8, 8});
  const ValueId conv = net.conv(image, 32, 8, 8, "conv");
  net.exit("only", net.node(OpKind::flatten, {conv}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}));
  const GraphPointer graph = net.build();
  const auto plan = make_plan_from(fake_lists(), graph, {});
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  // One channel in: no reorder. [1, 32, h, w] with more than one pixel out: one reorder at the end.
  const Shape& out = graph->value(graph->nodes()[0].outputs[0]).type.shape;
  EXPECT_EQ((*plan)->ops().size(), out[2] * out[3] == 1 ? 1U : 2U);
  EXPECT_EQ((*plan)->ops()[0].name, "conv");
}

TEST(MakePlan, BadOptionsAreNamed) {
  PlanOptions options;
  options.batch = 0;
  EXPECT_NE(make_plan_from(fake_lists(), two_stages(), options).status().message().find("batch"), std::string::npos);
  options.batch = 1;
  options.threads = 0;
  EXPECT_NE(make_plan_from(fake_lists(), two_stages(), options).status().message().find("thread"), std::string::npos);
}

// A fixed dimension 0 stays 1 in the plan while frames set and answer as many rows as the batch: memory would be
// written past the slot.
TEST(MakePlan, AFixedBatchRunsSingleItemsOnly) {
  Net net;
  net.exit("only", net.node(OpKind::relu, {net.input({1, 24})}));
  const GraphPointer graph = net.build();
  PlanOptions options;
  EXPECT_TRUE(make_plan_from(fake_lists(), graph, options).ok());
  options.batch = 8;
  const Status status = make_plan_from(fake_lists(), graph, options).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  for (const char* part : {"image", "[1, 24]", "8 items", "single items"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << part << " in " << status.message();
  }
}

TEST(MakePlan, OfSeveralItemsDimensionZeroOfEveryEndIsTheBatch) {
  Net two;
  two.exit("only", two.node(OpKind::relu, {two.input({2, 24})}));
  Net scalar;
  scalar.exit("only", scalar.node(OpKind::relu, {scalar.input({})}));
  Net mixed;
  const ValueId fixed = mixed.input({1, 24});
  const ValueId open = mixed.input({kDynamic, 24}, "open");
  mixed.exit("only", mixed.node(OpKind::add, {fixed, open}));
  Net aside;
  aside.exit("only", aside.node(OpKind::relu, {aside.input({kDynamic, 24})}));
  aside.output("table", aside.node(OpKind::relu, {aside.constant({2, 24})}));
  for (Net* net : {&two, &scalar, &mixed, &aside}) {
    const GraphPointer graph = net->build();
    EXPECT_TRUE(make_plan_from(fake_lists(), graph, {}).ok()) << "one item may have any shape";
    PlanOptions options;
    options.batch = 2;
    const Status status = make_plan_from(fake_lists(), graph, options).status();
    EXPECT_EQ(status.code(), StatusCode::unsupported);
    EXPECT_NE(status.message().find("2 items"), std::string::npos) << status.message();
  }
}

TEST(MakePlan, OutputsFollowTheExitsWithTheStageThatMakesThem) {
  Net net;
  const ValueId x = net.input({kDynamic, 8});
  const ValueId early = net.node(OpKind::relu, {x}, {}, "early");
  net.exit("exit1", early);
  const ValueId late = net.node(OpKind::add, {early, net.constant({8})}, {}, "late");
  net.exit("exit2", late);
  net.output("itself", x);
  net.output("again", early);
  net.output("table", net.node(OpKind::relu, {net.constant({3, 5})}, {}, "table"));
  PlanOptions options;
  const auto plan = make_plan_from(fake_lists(), net.build(), options).value();
  ASSERT_EQ(plan->outputs().size(), 5U);
  EXPECT_EQ(plan->outputs()[0].slot, plan->exit_slot(0));
  EXPECT_EQ(plan->outputs()[2].slot, plan->input_slot(0));
  EXPECT_EQ(plan->outputs()[3].slot, plan->exit_slot(0));
  const std::vector<int> stages = {0, 1, 0, 0, 1};
  const std::vector<bool> rows = {true, true, true, true, false};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(plan->outputs()[i].stage, stages[i]) << i;
    EXPECT_EQ(plan->outputs()[i].has_rows, rows[i]) << i;
    EXPECT_EQ(plan->outputs()[i].item_bytes, i == 4 ? 60U : 32U) << i;
  }
  EXPECT_EQ(plan->outputs()[0].item, (Shape{1, 8}));
  EXPECT_EQ(plan->outputs()[4].item, (Shape{3, 5}));
}

// Nobody could tell what its numbers stand for.
TEST(MakePlan, AScaledOutputIsRefused) {
  GraphBuilder builder;
  const ValueId x = builder.add_input("stored", {DType::u8, {kDynamic, 8}, {{0.5F}, 0}}).value();
  ASSERT_TRUE(builder.add_exit("only", builder.add_node(OpKind::relu, {x}).value()).ok());
  const Status status = make_plan_from(fake_lists(), builder.build().value(), {}).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("scale"), std::string::npos) << status.message();
}

TEST(MakePlan, MemoryHasALimit) {
  Net net;
  net.exit("only", net.node(OpKind::relu, {net.input({kDynamic, 1 << 16})}));
  const GraphPointer graph = net.build();
  PlanOptions options;
  options.arena_limit_bytes = 1 << 20;
  EXPECT_TRUE(make_plan_from(fake_lists(), graph, options).ok());
  options.batch = 5;
  const Status status = make_plan_from(fake_lists(), graph, options).status();
  EXPECT_EQ(status.code(), StatusCode::limit_exceeded);
  EXPECT_NE(status.message().find("[5, 65536]"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("1048576"), std::string::npos) << status.message();
  options.batch = INT64_MAX;
  EXPECT_EQ(make_plan_from(fake_lists(), graph, options).status().code(), StatusCode::limit_exceeded);
}

TEST(MakePlan, NodesHaveALimit) {
  Net net;
  ValueId x = net.input({kDynamic, 8});
  for (int i = 0; i < 20'001; ++i) x = net.node(OpKind::relu, {x});
  net.exit("only", x);
  const Status status = make_plan_from(fake_lists(), net.build(), {}).status();
  EXPECT_EQ(status.code(), StatusCode::limit_exceeded);
  EXPECT_NE(status.message().find("20001"), std::string::npos) << status.message();
}

TEST(MakePlan, AnOpWithoutKernelIsRefusedWithItsName) {
  Net net;
  const ValueId x = net.input({kDynamic, 8});
  net.exit("only", net.node(OpKind::sub, {x, net.constant({8})}, {}, "difference"));
  const auto plan = make_plan_from(fake_lists(), net.build(), {});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.status().code(), StatusCode::unsupported);
  EXPECT_NE(plan.status().message().find("difference"), std::string::npos);
}

TEST(MakePlan, AnExitThatIsAlreadyThereIsCarried) {
  Net net;
  const ValueId x = net.input({kDynamic, 8});
  const ValueId early = net.node(OpKind::relu, {x}, {}, "early");
  const ValueId other = net.node(OpKind::add, {x, net.constant({8})}, {}, "other");
  net.exit("exit1", net.node(OpKind::add, {early, other}, {}, "sum"));
  net.exit("exit2", early);
  const auto plan = make_plan_from(fake_lists(), net.build(), {}).value();
  ASSERT_EQ(plan->carried(0).size(), 1U);
  EXPECT_EQ(plan->carried(0)[0], plan->exit_slot(1));
}

}  // namespace
}  // namespace rheo
