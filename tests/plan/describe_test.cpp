// SPDX-License-Identifier: Apache-2.0
#include "plan/describe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plan/fake_kernels.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

TEST(Describe, TellsKernelsLayoutsAndRefusals) {
  testing::Net net;
  const ValueId image = net.input({kDynamic, 32, 8, 8});
  const ValueId conv = net.conv(image, 32, 3, 1, "conv \xff");
  net.exit("only", net.node(OpKind::flatten, {conv}, {{"start", std::int64_t{1}}, {"end", std::int64_t{-1}}}));
  PlanOptions options;
  options.batch = 3;
  const auto plan = make_plan_from(testing::fake_lists(), net.build(), options).value();
  const auto text = nlohmann::json::parse(describe(*plan));
  EXPECT_EQ(text["batch"], 3);
  EXPECT_EQ(text["layouts_changed"], 2);
  EXPECT_EQ(text["arena_bytes"], plan->arena_bytes());
  ASSERT_EQ(text["stages"].size(), 1U);
  const auto& ops = text["stages"][0]["ops"];
  ASSERT_EQ(ops.size(), plan->ops().size());
  EXPECT_EQ(text["stages"][0]["exit"], "only");
  EXPECT_EQ(ops[1]["op"], "conv2d");
  EXPECT_EQ(ops[1]["kernel"], "fake.wide");
  EXPECT_EQ(ops[1]["implementation"], "fake");
  EXPECT_EQ(ops[1]["refusals"].size(), 2U);
  EXPECT_EQ(ops[1]["inputs"][0]["layout"], "nhwc");
  EXPECT_EQ(ops[1]["inputs"][0]["shape"], (std::vector<int>{3, 32, 8, 8}));
  EXPECT_EQ(ops[1]["inputs"][1]["where"], "constant");
  EXPECT_EQ(ops[1]["outputs"][0]["bytes"], 3 * 32 * 8 * 8 * 4);
}

}  // namespace
}  // namespace rheo
