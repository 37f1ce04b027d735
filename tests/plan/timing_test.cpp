// SPDX-License-Identifier: Apache-2.0
#include "plan/timing.h"

#include <gtest/gtest.h>

#include "plan/fake_kernels.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

TEST(Median, OfOddAndEvenCounts) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({5, 1, 3}), 3);
  EXPECT_EQ(median({4, 1, 3, 2}), 3);
}

TEST(CallTimer, TimesEveryKernelOnBuffersOfItsOwn) {
  const TensorType type = {DType::f32, {1, 32, 8, 8}, {}};
  const Attributes none;
  KernelCall call{"relu", OpKind::relu, &none, {{&type, Layout::plain, nullptr}}, {{&type, Layout::plain, nullptr}}};
  PlanOptions options;
  options.weights = std::make_shared<WeightStore>();
  const KernelSelector selector(testing::fake_lists(), options);
  CallTimer timer(call, nullptr);
  for (Layout layout : {Layout::nhwc, Layout::nchw16c}) {
    const LayoutPair pair = {layout, layout};
    timer.add(selector.first_accepting(call, std::span(&pair, 1)).value().kernel, pair);
  }
  const auto medians_us = timer.measure(200).value();
  ASSERT_EQ(medians_us.size(), 2U);
  for (const auto& median_us : medians_us) {
    ASSERT_TRUE(median_us.has_value());
    EXPECT_GT(*median_us, 0);
  }
}

TEST(MeasurePlans, GivesATimePerStage) {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 64});
  const ValueId y = net.node(OpKind::relu, {x});
  net.exit("exit1", net.node(OpKind::relu, {y}));
  net.exit("exit2", net.node(OpKind::add, {x, y}));
  const auto plan = make_plan_from(testing::fake_lists(), net.build(), {}).value();
  const std::vector<std::shared_ptr<const Plan>> plans = {plan, plan};
  const auto stages_us = measure_plans(plans, nullptr, 500).value();
  ASSERT_EQ(stages_us.size(), 2U);
  ASSERT_EQ(stages_us[0].size(), 2U);
  EXPECT_GT(stages_us[0][0], 0);
}

}  // namespace
}  // namespace rheo
