// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_floats;
using testing::onnx_node;
using testing::OnnxGraph;
using testing::WireWriter;

OnnxGraph small() {
  OnnxGraph graph;
  graph.initializer(onnx_floats("w", {1}, {2}))
      .input("x", 1, {"n"})
      .node(onnx_node("Mul", {"x", "w"}, {"y"}))
      .node(onnx_node("Relu", {"y"}, {"z"}))
      .output("z")
      .text(2, "main");
  return graph;
}

TEST(Graph, ReadsItsParts) {
  const auto graph = graph_from(small());
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->name, "main");
  ASSERT_EQ(graph->nodes.size(), 2U);
  EXPECT_EQ(graph->nodes[1].op, "Relu");
  EXPECT_EQ(graph->initializers.at(0).name, "w");
  EXPECT_EQ(graph->inputs.at(0).name, "x");
  EXPECT_EQ(graph->outputs.at(0).name, "z");
}

TEST(Graph, SkipsWhatItDoesNotKnow) {
  OnnxGraph graph = small();
  graph.text(10, "documentation \xff").message(13, testing::onnx_value("y", 1, {})).integer(999, 5).real(1000, 1);
  EXPECT_TRUE(graph_from(graph).ok());
}

TEST(Graph, RefusesBrokenParts) {
  const auto code = [](const WireWriter& graph) { return graph_from(graph).status().code(); };
  EXPECT_EQ(code(OnnxGraph().initializer(onnx_floats("", {1}, {2}))), StatusCode::bad_format);
  EXPECT_EQ(code(WireWriter().message(15, WireWriter())), StatusCode::unsupported);
  EXPECT_EQ(code(WireWriter().text(2, "\x01")), StatusCode::bad_format);
  EXPECT_EQ(code(WireWriter().integer(1, 1)), StatusCode::bad_format);
  EXPECT_EQ(code(WireWriter().text(11, "\xff")), StatusCode::bad_format);
}

TEST(Graph, HoldsTheLimits) {
  const auto code = [](LoadLimits limits) { return graph_from(small(), limits).status().code(); };
  LoadLimits limits;
  limits.nodes = 2;
  limits.tensors = 1;
  limits.values = 4;
  EXPECT_EQ(code(limits), StatusCode::ok);
  limits.nodes = 1;
  EXPECT_EQ(code(limits), StatusCode::limit_exceeded);
  limits.nodes = 2;
  limits.tensors = 0;
  EXPECT_EQ(code(limits), StatusCode::limit_exceeded);
  limits.tensors = 1;
  limits.values = 3;
  EXPECT_EQ(code(limits), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx
