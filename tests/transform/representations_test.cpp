// SPDX-License-Identifier: Apache-2.0
#include "transform/representations.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::Net;

GraphPointer relu_graph() {
  Net net;
  net.exit("final", net.node(OpKind::relu, {net.input({kDynamic, 4})}, {}, "act"));
  return net.build();
}

TEST(Representations, EachFormIsMadeOnce) {
  const GraphPointer graph = relu_graph();
  Rewriter rewriter = Rewriter::create(*graph).value();
  Representations values(rewriter);
  const ValueId image = graph->inputs()[0].value;
  EXPECT_EQ(values.native_dtype(image).value(), DType::f32);
  EXPECT_EQ(values.as_f32(image).value(), rewriter.mapped(image).value());
  const ValueId bf16 = values.as_bf16(image).value();
  EXPECT_EQ(rewriter.type(bf16).dtype, DType::bf16);
  EXPECT_EQ(values.as_bf16(image).value(), bf16);
  const ValueId u8 = values.as_8_bit(image, DType::u8, 0.25F).value();
  EXPECT_EQ(rewriter.type(u8).quantization.scales, std::vector<float>{0.25F});
  EXPECT_EQ(values.as_8_bit(image, DType::u8, 0.25F).value(), u8);
  EXPECT_EQ(values.as_bf16(kNoValue).value(), kNoValue);
}

TEST(Representations, ExitsComeBackAsF32) {
  const GraphPointer graph = relu_graph();
  Rewriter rewriter = Rewriter::create(*graph).value();
  Representations values(rewriter);
  const ValueId image = values.as_8_bit(graph->inputs()[0].value, DType::i8, 0.5F).value();
  ASSERT_TRUE(rewriter.replace(graph->node(0), OpKind::relu, {image}, {}).ok());
  const GraphPointer lowered = values.finish().value();
  EXPECT_EQ(testing::kinds(*lowered), (std::vector<std::string>{"quantize", "relu", "dequantize"}));
  EXPECT_EQ(lowered->node(0).name, "image.i8");
  EXPECT_EQ(lowered->node(1).name, "act");
  EXPECT_EQ(lowered->node(2).name, "act.f32");
  EXPECT_EQ(lowered->value(lowered->exits()[0].value).type.dtype, DType::f32);
}

TEST(Representations, AsDeclaredIsWhatTheOldGraphSays) {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 4}, "x");
  const ValueId y = net.node(OpKind::relu, {x}, {}, "y");
  net.exit("final", y);
  const GraphPointer graph = net.build();
  Rewriter rewriter = Rewriter::create(*graph).value();
  Representations values(rewriter);
  const ValueId half = values.as_bf16(graph->inputs()[0].value).value();
  const ValueId made = rewriter.emit(OpKind::relu, {half}, {}, "y", {}).value();
  const ValueId old = graph->exits()[0].value;
  rewriter.stand_in(old, made);
  EXPECT_EQ(rewriter.type(made).dtype, DType::bf16);
  EXPECT_EQ(rewriter.type(values.as_declared(old).value()).dtype, DType::f32);
}

}  // namespace
}  // namespace rheo
