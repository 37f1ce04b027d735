// SPDX-License-Identifier: Apache-2.0
#include "transform/rewriter.h"

#include <gtest/gtest.h>

#include "graph/hash.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::Net;

Result<bool> leave_alone(Rewriter&, const Node&) { return false; }

TEST(Rewriter, ACopyIsTheSameGraph) {
  const GraphPointer graph = testing::three_exit_graph();
  const GraphPointer copy = rewrite(*graph, leave_alone).value();
  EXPECT_EQ(content_hash(*copy), content_hash(*graph));
  ASSERT_EQ(copy->nodes().size(), graph->nodes().size());
  for (NodeId id = 0; id < graph->nodes().size(); ++id) {
    EXPECT_EQ(copy->node(id).name, graph->node(id).name);
    EXPECT_EQ(copy->node(id).stage, graph->node(id).stage);
  }
}

TEST(Rewriter, KeepsMadeUpNamesPreprocessingLabelsAndSources) {
  GraphBuilder builder;
  const std::vector<ValueId> image{
      builder.add_input("", {DType::f32, {kDynamic, 4}, {}}, {.scale = 0.5, .offset = -1}).value()};
  const ValueId result = builder.add_node(OpKind::relu, image, {}, "", "model.py:7").value();
  ASSERT_TRUE(builder.add_exit("final", result).ok());
  builder.set_labels({"no", "yes"});
  const GraphPointer graph = builder.build().value();
  const GraphPointer copy = rewrite(*graph, leave_alone).value();
  EXPECT_EQ(copy->inputs()[0].name, graph->inputs()[0].name);
  EXPECT_EQ(copy->inputs()[0].preprocessing.scale, 0.5);
  EXPECT_EQ(copy->inputs()[0].preprocessing.offset, -1);
  EXPECT_EQ(copy->node(0).name, graph->node(0).name);
  EXPECT_EQ(copy->node(0).source, "model.py:7");
  EXPECT_EQ(copy->labels()[1], "yes");
}

TEST(Rewriter, CountsReadersAndExits) {
  Net net;
  const ValueId image = net.input({kDynamic, 4});
  const ValueId once = net.node(OpKind::relu, {image}, {}, "once");
  const ValueId twice = net.node(OpKind::tanh, {once}, {}, "twice");
  const ValueId sum = net.node(OpKind::add, {twice, twice}, {}, "sum");
  net.exit("exit1", sum);
  net.exit("final", net.node(OpKind::relu, {sum}));
  const GraphPointer graph = net.build();
  const Rewriter rewriter = Rewriter::create(*graph).value();
  const auto result_of = [&](const char* name) { return testing::find_node(*graph, name)->outputs[0]; };
  EXPECT_TRUE(rewriter.used_once(result_of("once")));
  EXPECT_FALSE(rewriter.used_once(result_of("twice")));  // one node reads it two times
  EXPECT_FALSE(rewriter.used_once(result_of("sum")));    // read once, but an exit
  EXPECT_TRUE(rewriter.is_given_out(result_of("sum")));
}

TEST(Rewriter, OutputsStayWhatTheyAre) {
  const GraphPointer graph = testing::three_exits_and_outputs();
  const GraphPointer copy = rewrite(*graph, leave_alone).value();
  EXPECT_EQ(content_hash(*copy), content_hash(*graph));
  const Rewriter rewriter = Rewriter::create(*graph).value();
  ASSERT_EQ(graph->outputs().size(), 3U);
  for (const GraphOutput& output : graph->outputs()) {
    EXPECT_TRUE(rewriter.is_given_out(output.value)) << output.name;
    EXPECT_FALSE(rewriter.used_once(output.value)) << output.name;
  }
}

TEST(Rewriter, FreshNamesAvoidOldAndNewOnes) {
  Net net;
  net.exit("final", net.node(OpKind::relu, {net.input({kDynamic, 4})}, {}, "act"));
  const GraphPointer graph = net.build();
  Rewriter rewriter = Rewriter::create(*graph).value();
  EXPECT_EQ(rewriter.fresh_name("bias"), "bias");
  EXPECT_EQ(rewriter.fresh_name("act"), "act.2");
  ASSERT_TRUE(rewriter.add_constant("act", testing::random_tensor({4}, 1)).ok());
  EXPECT_EQ(rewriter.fresh_name("act"), "act.3");
}

TEST(Rewriter, HasRoomForTwiceTheConstantsAndALittle) {
  constexpr std::size_t kFree = std::size_t{64} << 20;
  testing::Net net;
  net.exit("final", net.linear(net.input({kDynamic, 64}), 64, "dense", false));
  const GraphPointer graph = net.build();
  Rewriter rewriter = Rewriter::create(*graph).value();
  const std::size_t weights = 64 * 64 * sizeof(float);
  EXPECT_TRUE(rewriter.has_room_for(kFree + 2 * weights));
  EXPECT_FALSE(rewriter.has_room_for(kFree + 2 * weights + 1));
  ASSERT_TRUE(rewriter.add_constant("more", testing::random_tensor({64, 64}, 3)).ok());
  EXPECT_TRUE(rewriter.has_room_for(kFree + weights));
  EXPECT_FALSE(rewriter.has_room_for(kFree + weights + 1));
}

TEST(Rewriter, CarriesEveryOutputOfANode) {
  const GraphPointer graph = testing::recurrent_graph();
  const GraphPointer copy = rewrite(*graph, [](Rewriter&, const Node&) { return Result<bool>(false); }).value();
  EXPECT_EQ(content_hash(*copy), content_hash(*graph));
  const std::vector<Tensor> inputs{testing::random_tensor({3, 5, 3}, 2)};
  EXPECT_TRUE(testing::same_answers(*graph, *copy, inputs, 0));
}

TEST(Rewriter, RefusesAReplacementWithOtherOutputs) {
  const GraphPointer graph = testing::recurrent_graph();
  Rewriter rewriter = Rewriter::create(*graph).value();
  const Node& lstm = *testing::find_node(*graph, "lstm");
  const ValueId input = rewriter.mapped(lstm.inputs[0]).value();
  const Status status = rewriter.replace(lstm, OpKind::relu, {input}, {});
  EXPECT_EQ(status.code(), StatusCode::internal);
  EXPECT_NE(status.message().find("3 outputs"), std::string::npos) << status.message();
}

TEST(Rewriter, ReadingAValueThatNothingStandsForIsAnError) {
  const GraphPointer graph = testing::three_exit_graph();
  Rewriter rewriter = Rewriter::create(*graph).value();
  const Result<ValueId> early = rewriter.mapped(graph->exits()[0].value);
  EXPECT_EQ(early.status().code(), StatusCode::internal);
  EXPECT_NE(early.status().message().find("exit1.linear"), std::string::npos);
}

}  // namespace
}  // namespace rheo
