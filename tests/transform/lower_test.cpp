// SPDX-License-Identifier: Apache-2.0
#include "transform/lower.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

TEST(Lower, PicksTheTransformOfThePrecision) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{testing::random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const Ranges ranges = testing::observed_ranges(*graph, inputs);
  EXPECT_EQ(lower(graph, Precision::f32, {}).value(), graph);
  EXPECT_EQ(testing::count_kind(*lower(graph, Precision::bf16, {}).value(), OpKind::cast), 1);
  EXPECT_EQ(testing::count_kind(*lower(graph, Precision::int8, ranges).value(), OpKind::quantize), 1);
}

TEST(Lower, KeepsExitsStagesAndTheMeaningOfTheGraph) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{testing::random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const Ranges ranges = testing::observed_ranges(*graph, inputs);
  for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    const GraphPointer lowered = lower(graph, precision, ranges).value();
    EXPECT_TRUE(verify(*lowered).ok());
    EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.05));
    ASSERT_EQ(lowered->exits().size(), 3U);
    for (const Node& node : graph->nodes()) {
      const Node* same = testing::find_node(*lowered, node.name);
      ASSERT_NE(same, nullptr) << node.name;
      EXPECT_EQ(same->stage, node.stage) << node.name;
    }
  }
}

TEST(Lower, AnErrorSaysWhatWasTried) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const Status status = lower(graph, Precision::int8, {}).status();
  EXPECT_EQ(status.code(), StatusCode::not_found);
  EXPECT_NE(status.message().find("int8"), std::string::npos) << status.to_string();
}

}  // namespace
}  // namespace rheo
