// SPDX-License-Identifier: Apache-2.0
#include "load/graph_json.h"

#include <gtest/gtest.h>

#include "graph/hash.h"
#include "load/sample_package.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// The sample's graph, read back after `from` became `to` in its text.
Status read_with(std::string_view from, std::string_view to) {
  NamedTensors tensors;
  const std::string text = graph_to_json(*testing::sample_package().graph, tensors).value();
  return graph_from_json(replaced(text, from, to), tensors, {}).status();
}

TEST(GraphJson, ReadsBackARealGraphWithItsNames) {
  const auto written = testing::three_exit_graph();
  NamedTensors tensors;
  const std::string text = graph_to_json(*written, tensors).value();
  const auto read = graph_from_json(text, tensors, {});
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_TRUE(tensors.empty()) << "every tensor is used";
  EXPECT_EQ(content_hash(**read), content_hash(*written));
  ASSERT_EQ((*read)->nodes().size(), written->nodes().size());
  for (std::size_t i = 0; i < written->nodes().size(); ++i) {
    EXPECT_EQ((*read)->nodes()[i].name, written->nodes()[i].name);
    EXPECT_EQ((*read)->nodes()[i].attributes, written->nodes()[i].attributes);
    EXPECT_EQ((*read)->nodes()[i].stage, written->nodes()[i].stage);
  }
}

TEST(GraphJson, KeepsListsOfReals) {
  for (const std::vector<double>& scales : {std::vector<double>{1.5, 2}, std::vector<double>{2, 2}}) {
    testing::Net net;
    net.exit("final", net.node(OpKind::resize, {net.input({kDynamic, 1, 4, 4})}, {{"scales", scales}}));
    const auto written = net.build();
    NamedTensors tensors;
    const auto read = graph_from_json(graph_to_json(*written, tensors).value(), tensors, {});
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ((*read)->nodes()[0].attributes.reals("scales"), scales);
    EXPECT_EQ(content_hash(**read), content_hash(*written));
  }
}

TEST(GraphJson, ReadsBackNodesWithSeveralOutputs) {
  const auto written = testing::recurrent_graph();
  NamedTensors tensors;
  const std::string text = graph_to_json(*written, tensors).value();
  const auto read = graph_from_json(text, tensors, {});
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(content_hash(**read), content_hash(*written));
}

TEST(GraphJson, KeepsQuantisedConstantsAndAbsentInputs) {
  GraphBuilder builder;
  const ValueId x = builder.add_input("x", {DType::f32, {kDynamic, 2}, {}}).value();
  const Tensor weight = Tensor::of<std::int8_t>({1, -2, 3, 4, 5, -6}, {3, 2}).value();
  const ValueId stored = builder.add_constant("stored", weight, {{0.1F, 0.2F, 0.3F}, 0}).value();
  const Attributes to_float = {{"dtype", std::string("f32")}};
  const ValueId w = builder.add_node(OpKind::dequantize, {stored}, to_float).value();
  (void)builder.add_constant("shifted", weight, {{0.1F}, 0, -5}).value();
  const ValueId residual =
      builder
          .add_node(
              OpKind::matmul,
              {x, builder.add_node(OpKind::transpose, {w}, {{"permutation", std::vector<std::int64_t>{1, 0}}}).value()})
          .value();
  (void)builder.add_exit(
      "final",
      builder
          .add_node(OpKind::layer_norm,
                    {residual, kNoValue, builder.add_constant("shift", Tensor::zeros(DType::f32, {3}).value()).value()},
                    {{"axes", std::int64_t{1}}, {"epsilon", 1e-5}}, "norm")
          .value());
  const auto written = builder.build().value();
  NamedTensors tensors;
  const auto read = graph_from_json(graph_to_json(*written, tensors).value(), tensors, {});
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(content_hash(**read), content_hash(*written));
  EXPECT_EQ((*read)->nodes().back().inputs[1], kNoValue);
  for (const Value& value : (*read)->values()) {
    EXPECT_EQ(value.type.quantization.zero_point, value.name == "shifted" ? -5 : 0);
    if (value.name != "stored") continue;
    EXPECT_EQ(value.type.quantization.scales, (std::vector<float>{0.1F, 0.2F, 0.3F}));
  }
}

TEST(GraphJson, RefusesLoweredInputs) {
  GraphBuilder builder;
  const ValueId x = builder.add_input("x", {DType::u8, {kDynamic, 2}, {{0.5F}, 0}}).value();
  (void)builder.add_exit("final", builder.add_node(OpKind::dequantize, {x}, {{"dtype", std::string("f32")}}).value());
  const auto graph = builder.build().value();
  NamedTensors tensors;
  EXPECT_EQ(graph_to_json(*graph, tensors).status().code(), StatusCode::invalid_argument);
}

TEST(GraphJson, SaysWhereTheTextIsWrong) {
  EXPECT_EQ(read_with(R"("op":"relu")", R"("op":"no_such_op")").code(), StatusCode::unsupported);
  const Status unknown = read_with(R"("inputs":["first"])", R"("inputs":["nobody"])");
  EXPECT_EQ(unknown.code(), StatusCode::bad_format);
  EXPECT_NE(unknown.message().find("graph.nodes[1].inputs[0] is 'nobody'"), std::string::npos) << unknown.message();
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {R"("inputs":["first"])", R"("inputs":["hidden"])"},         // itself
           {R"("inputs":["first"])", R"("inputs":["second"])"},         // a later one
           {R"("inputs":["first"])", R"("inputs":[null])"},             // nothing
           {R"("inputs":["first"])", R"("inputs":["first","first"])"},  // too many
           {R"("inputs":["first"])", R"("inputs":"first")"},            // no list
           {R"("name":"hidden")", R"("name":"first")"},                 // taken
           {R"("name":"hidden")", R"("name":"")"},                      // none
           {R"("attributes":{})", R"("attributes":{"no_such":1})"},     // unknown
           {R"("attributes":{})", R"("attributes":{"alpha":"text"})"},  // of another kind
           {R"("attributes":{})", R"("attributes":{"alpha":{}})"},      // of no kind
           {R"("attributes":{})", R"("attributes":{"alpha":[1.5]})"},   // no whole numbers
           {R"("shape":[-1,4])", R"("shape":[-1,5])"},                  // does not fit the weights
           {R"("shape":[-1,4])", R"("shape":[-2,4])"},                  // negative
           {R"("shape":[-1,4])", R"("shape":[1,1,1,1,1,1,1,1,4])"},     // too many dimensions
           {R"("dtype":"f32")", R"("dtype":"f99")"},                    // unknown
           {R"("scale":0.00392156862745098)", R"("scale":0)"},          // nothing would be left
           {R"("name":"second.weight")", R"("name":"third.weight")"},   // no such tensor
           {R"("value":"second"})", R"("value":"second.weight"})"},     // a constant as exit
           {R"("labels":["shirt")", R"("labels":[7)"},                  // no text
           {R"("exits":[{)", R"("exits":[{"more":1,)"},                 // unknown field
       }) {
    const Status status = read_with(from, to);
    EXPECT_FALSE(status.ok()) << to;
    EXPECT_NE(status.code(), StatusCode::internal) << to;
    EXPECT_NE(status.code(), StatusCode::invalid_argument) << "the file is to blame: " << to;
  }
}

TEST(GraphJson, RefusesNamesThatAreTaken) {
  NamedTensors tensors;
  tensors.emplace("first.weight", Tensor::zeros(DType::f32, {1}).value());
  EXPECT_EQ(graph_to_json(*testing::sample_package().graph, tensors).status().code(), StatusCode::invalid_argument);
}

TEST(GraphJson, ReadsBackOutputs) {
  const auto written = testing::encoder_graph();
  NamedTensors tensors;
  const std::string text = graph_to_json(*written, tensors).value();
  const NamedTensors again = tensors;
  const auto read = graph_from_json(text, tensors, {});
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(content_hash(**read), content_hash(*written));
  ASSERT_EQ((*read)->outputs().size(), 2U);
  EXPECT_EQ((*read)->outputs()[1].name, "nearest");
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {R"("outputs":[{"name":"pooled")", R"("outputs":[{"name":"nearest")"},     // taken by an output
           {R"("outputs":[{"name":"pooled")", R"("outputs":[{"name":"words")"},       // taken by the exit
           {R"({"name":"pooled","value":"pooled"})", R"({"name":"pooled"})"},         // no value
           {R"({"name":"pooled","value":"pooled"})", R"({"name":"a","value":"b"})"},  // an unknown value
       }) {
    NamedTensors copies = again;
    EXPECT_EQ(graph_from_json(replaced(text, from, to), copies, {}).status().code(), StatusCode::bad_format) << to;
  }
}

// So that a library that knows no outputs reads the packages of models that have none.
TEST(GraphJson, AModelWithoutOutputsDoesNotMentionThem) {
  NamedTensors tensors;
  EXPECT_EQ(graph_to_json(*testing::three_exit_graph(), tensors).value().find("\"outputs\""), std::string::npos);
}

}  // namespace
}  // namespace rheo
