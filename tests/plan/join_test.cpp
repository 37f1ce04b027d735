// SPDX-License-Identifier: Apache-2.0
#include "plan/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/environment.h"
#include "plan/bind.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "support/tensors.h"
#include "transform/lower.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::Net;
using Integers = std::vector<std::int64_t>;

ValueId depthwise(Net& net, ValueId x, std::int64_t stride, std::string name) {
  const std::int64_t channels = net.builder().type_of(x).shape[1];
  return net.node(OpKind::conv2d, {x, net.constant({channels, 1, 3, 3}), net.constant({channels})},
                  {{"strides", Integers{stride, stride}}, {"pads", Integers{1, 1, 1, 1}}, {"groups", channels}},
                  std::move(name));
}

ValueId pointwise(Net& net, ValueId x, std::int64_t channels, std::string name, ValueId residual = kNoValue) {
  const std::int64_t in = net.builder().type_of(x).shape[1];
  return net.node(OpKind::conv2d,
                  {x, net.constant({channels, in, 1, 1}, {}, -0.3F, 0.3F), net.constant({channels}), residual},
                  {{"activation", residual == kNoValue ? "relu" : ""}}, std::move(name));
}

// An inverted bottleneck over pictures of `size` pixels each way, with its residual, after a narrow one.
GraphPointer bottleneck(std::int64_t size) {
  Net net;
  const ValueId image = net.input({kDynamic, 16, size, size});
  const ValueId narrow = pointwise(net, image, 24, "narrow");
  const ValueId wide = pointwise(net, narrow, 144, "wide");
  const ValueId seen = depthwise(net, wide, 1, "seen");
  net.exit("only", pointwise(net, seen, 24, "sum", narrow));
  return net.build();
}

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> result;
  for (const PlanOp& op : plan.ops()) result.push_back(op.name);
  return result;
}

PlanOptions options_for(std::int64_t batch, int threads, bool joins) {
  PlanOptions options;
  options.batch = batch;
  options.threads = threads;
  options.isa = select_isa(environment("RHEO_MAX_ISA")).value();
  options.joins = joins;
  return options;
}

Tensor answer(const Plan& plan, const Tensor& image) {
  const Arena arena = allocate_arena(plan.arena_bytes()).value();
  const auto ops = bind_ops(plan, arena.get()).value();
  std::memcpy(slot_address(plan, plan.input_slot(0), arena.get()), image.data(), image.size_bytes());
  ThreadPool pool(plan.threads());
  for (const auto& op : ops) EXPECT_TRUE(op->run(plan.threads() > 1 ? &pool : nullptr).ok());
  const Slot& slot = plan.slots()[static_cast<std::size_t>(plan.exit_slot(0))];
  return Tensor::copy_of({slot_address(plan, plan.exit_slot(0), arena.get()), slot.type.dtype, slot.type.shape})
      .value();
}

TEST(JoinOps, AnInvertedBottleneckBecomesOneOp) {
  const auto plan = make_plan(bottleneck(56), options_for(1, 1, true)).value();
  const auto joined =
      std::find_if(plan->ops().begin(), plan->ops().end(), [](const PlanOp& op) { return !op.parts.empty(); });
  ASSERT_NE(joined, plan->ops().end());
  EXPECT_EQ(joined->name, "wide > seen > sum");
  EXPECT_EQ(joined->kernel_name, "own.conv2d.pointwise > own.conv2d.depthwise.f32 > own.conv2d.pointwise");
  ASSERT_EQ(joined->parts.size(), 3U);
  EXPECT_EQ(joined->parts[1].name, "seen");
  EXPECT_EQ(joined->outputs, joined->parts[2].outputs);
  const auto apart = make_plan(bottleneck(56), options_for(1, 1, false)).value();
  EXPECT_EQ(names(*apart).size(), names(*plan).size() + 2);
  EXPECT_LT(plan->arena_bytes(), apart->arena_bytes()) << "the wide pictures need no memory";
}

TEST(JoinOps, JoinedOpsAnswerTheSame) {
  for (const std::int64_t batch : {1, 3}) {
    for (const int threads : {1, 2}) {
      for (const std::int64_t size : {45, 56}) {
        SCOPED_TRACE(::testing::Message() << batch << " items, " << threads << " threads, " << size << " pixels");
        const GraphPointer graph = bottleneck(size);
        const auto joined = make_plan(graph, options_for(batch, threads, true)).value();
        const auto apart = make_plan(graph, options_for(batch, threads, false)).value();
        EXPECT_LT(joined->ops().size(), apart->ops().size());
        const Tensor image = testing::random_tensor({batch, 16, size, size}, 7);
        EXPECT_TRUE(
            testing::is_close(answer(*joined, image), answer(*apart, image), testing::tolerance_of(DType::f32, 256)));
      }
    }
  }
}

// A picture in planes, as hosts give it, through the first block of a mobile network.
GraphPointer first_block(std::int64_t height, std::int64_t width) {
  Net net;
  const ValueId stem = net.conv(net.input({kDynamic, 3, height, width}), 32, 3, 2, "stem");
  net.exit("only", pointwise(net, depthwise(net, stem, 1, "seen"), 16, "narrow"));
  return net.build();
}

TEST(JoinOps, APictureInPlanesBeginsAChain) {
  const GraphPointer graph = first_block(219, 237);
  for (const std::int64_t batch : {1, 3}) {
    for (const int threads : {1, 2}) {
      SCOPED_TRACE(::testing::Message() << batch << " items, " << threads << " threads");
      const auto joined = make_plan(graph, options_for(batch, threads, true)).value();
      const auto apart = make_plan(graph, options_for(batch, threads, false)).value();
      EXPECT_EQ(names(*joined).front(), "stem > seen > narrow");
      const Tensor image = testing::random_tensor({batch, 3, 219, 237}, 7);
      EXPECT_TRUE(
          testing::is_close(answer(*joined, image), answer(*apart, image), testing::tolerance_of(DType::f32, 256)));
    }
  }
}

// Only asked what it is.
class WholePictures : public Kernel, public RowKernel {
 public:
  std::string implementation() const override { return "whole"; }
  const RowKernel* by_rows() const override { return this; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers&) const override { return Status(StatusCode::internal, ""); }
  RowRange reads(RowRange rows) const override { return rows; }
  bool takes_whole_pictures() const override { return true; }
  void compute(const RowCall&) const override {}
};

TEST(JoinOps, WhatTakesWholePicturesFollowsNobody) {
  const GraphPointer graph = bottleneck(56);
  const auto plan = make_plan(graph, options_for(1, 1, false)).value();
  std::vector<PlanOp> ops(plan->ops().begin(), plan->ops().end());
  const auto seen = std::ranges::find(ops, "seen", &PlanOp::name);
  ASSERT_NE(seen, ops.end());
  seen->kernel = std::make_shared<WholePictures>();
  const std::vector<Slot> slots(plan->slots().begin(), plan->slots().end());
  join_ops({*graph, slots, 1}, 0, ops);
  EXPECT_TRUE(std::ranges::any_of(ops, [](const PlanOp& op) { return op.name == "seen > sum"; }));
  EXPECT_TRUE(std::ranges::any_of(ops, [](const PlanOp& op) { return op.name == "wide"; }));
}

TEST(JoinOps, BytesAreJoinedAndAnswerTheSame) {
  const PlanOptions best = options_for(1, 1, true);
  if (best.isa < Isa::avx512_vnni) GTEST_SKIP() << "8-bit rows need VNNI.";
  const GraphPointer graph = bottleneck(101);
  const Tensor image = testing::random_tensor({3, 16, 101, 101}, 7);
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, std::vector{image})).value();
  for (const int threads : {1, 2}) {
    const auto joined = make_plan(lowered, options_for(3, threads, true)).value();
    const auto apart = make_plan(lowered, options_for(3, threads, false)).value();
    EXPECT_TRUE(std::any_of(joined->ops().begin(), joined->ops().end(), [](const PlanOp& op) {
      return op.kernel_name == "own.conv2d.pointwise > own.conv2d.depthwise.rows > own.conv2d.pointwise";
    }));
    EXPECT_TRUE(testing::is_close(answer(*joined, image), answer(*apart, image), {.absolute = 0, .relative = 0}));
  }
}

TEST(JoinOps, SmallValuesStayWhereTheyAre) {
  const auto plan = make_plan(bottleneck(14), options_for(1, 1, true)).value();
  for (const PlanOp& op : plan->ops()) EXPECT_TRUE(op.parts.empty()) << op.name;
}

TEST(JoinOps, WhatOthersReadIsStored) {
  Net net;
  const ValueId image = net.input({kDynamic, 16, 56, 56});
  const ValueId wide = pointwise(net, image, 144, "wide");
  const ValueId seen = depthwise(net, wide, 1, "seen");
  net.exit("only", pointwise(net, seen, 24, "narrow"));
  net.output("wide", wide);
  const auto plan = make_plan(net.build(), options_for(1, 1, true)).value();
  for (const PlanOp& op : plan->ops()) EXPECT_EQ(op.name.find("wide >"), std::string::npos) << op.name;
  EXPECT_TRUE(
      std::any_of(plan->ops().begin(), plan->ops().end(), [](const PlanOp& op) { return op.name == "seen > narrow"; }));
}

TEST(JoinOps, AKernelThatWasChosenIsKept) {
  const KernelChoices choices = {{"seen", {"dnnl.conv2d.depthwise", Layout::nhwc}}};
  PlanOptions options = options_for(1, 1, true);
  options.choices = &choices;
  const auto plan = make_plan(bottleneck(56), options);
  if (!plan) GTEST_SKIP() << "oneDNN does not serve it here.";
  for (const PlanOp& op : (*plan)->ops()) EXPECT_TRUE(op.parts.empty()) << op.name;
}

}  // namespace
}  // namespace rheo
