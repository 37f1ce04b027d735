// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/model.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "load/file.h"
#include "load/given_sample.h"
#include "support/onnx_writer.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"

namespace rheo::onnx {
namespace {

using testing::as_file;
using testing::onnx_model_message;
using testing::onnx_node;
using testing::onnx_sample;
using testing::OnnxGraph;
using testing::WireWriter;

// Reads from memory that ends where the model does, so that a sanitizer sees a step past it.
Result<Model> read(const std::string& bytes, const LoadLimits& limits = {}) {
  const auto exact = std::make_shared<std::vector<char>>(bytes.begin(), bytes.end());
  return read_model(std::as_bytes(std::span(*exact)), exact, limits);
}

StatusCode code_for(const std::string& bytes, const LoadLimits& limits = {}) {
  const Status status = read(bytes, limits).status();
  EXPECT_NE(status.ok(), !status.message().empty());
  return status.code();
}

OnnxGraph identity() {
  OnnxGraph graph;
  graph.input("x", 1, {"1"}).node(onnx_node("Identity", {"x"}, {"y"})).output("y");
  return graph;
}

TEST(Model, ReadsEveryPart) {
  const auto model = read(onnx_sample());
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model->ir_version, 8);
  EXPECT_EQ(model->producer, "writer 1");
  EXPECT_EQ(model->opset(), 17);
  EXPECT_EQ(model->opset("local"), 1);
  EXPECT_EQ(model->metadata.at(0).first, "labels");
  EXPECT_EQ(model->metadata.at(0).second, "cat\ndog");
  EXPECT_EQ(model->functions.at(0).name, "Twice");
  EXPECT_EQ(model->graph.nodes.size(), 6U);
  EXPECT_EQ(model->graph.nodes[5].find("then_branch")->graph->nodes.at(0).inputs.at(1), "half");
  const Tensor target = to_tensor(model->graph.initializers.at(2)).value();
  EXPECT_EQ(target.as<std::int64_t>()[1], 4);
}

TEST(Model, ReadsAMappedFile) {
  const testing::TemporaryFolder folder;
  const std::string bytes = onnx_sample();
  const std::array parts = {as_file(bytes)};
  ASSERT_TRUE(write_file_atomically(folder.file("m.onnx"), parts).ok());
  TensorData weights;
  {
    auto model = read_model(folder.file("m.onnx"));
    ASSERT_TRUE(model.ok()) << model.status().message();
    weights = model->graph.initializers.at(1);
  }
  EXPECT_EQ(to_tensor(weights)->as<float>()[1], -1.0F);  // the mapping lives as long as the weights
  EXPECT_EQ(read_model(folder.file("none")).status().code(), StatusCode::not_found);
  EXPECT_EQ(read_model(folder.file("")).status().code(), StatusCode::invalid_argument);
  LoadLimits limits;
  limits.file_bytes = bytes.size() - 1;
  EXPECT_EQ(read_model(folder.file("m.onnx"), limits).status().code(), StatusCode::limit_exceeded);
  ASSERT_TRUE(write_file_atomically(folder.file("empty"), {}).ok());
  const Status empty = read_model(folder.file("empty")).status();
  EXPECT_EQ(empty.code(), StatusCode::bad_format);
  EXPECT_NE(empty.message().find("empty"), std::string::npos) << empty.message();
}

TEST(Model, RefusesMissingAndDoubledParts) {
  EXPECT_EQ(code_for(""), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().integer(1, 8).bytes()), StatusCode::bad_format);                    // no graph
  EXPECT_EQ(code_for(WireWriter().message(7, identity()).bytes()), StatusCode::bad_format);           // no version
  EXPECT_EQ(code_for(onnx_model_message(identity()).integer(1, 0).bytes()), StatusCode::bad_format);  // the last counts
  EXPECT_EQ(code_for(onnx_model_message(identity()).message(7, identity()).bytes()), StatusCode::bad_format);
  EXPECT_EQ(code_for("{\"not\": \"a model\"}"), StatusCode::bad_format);
}

TEST(Model, RefusesNamesThatDoNotHold) {
  OnnxGraph graph = identity();
  graph.node(onnx_node("Relu", {"nothing"}, {"z"}));
  EXPECT_EQ(code_for(testing::onnx_model(graph)), StatusCode::bad_format);
  const WireWriter function = WireWriter().text(1, "F").text(5, "never made");
  EXPECT_EQ(code_for(onnx_model_message(identity()).message(25, function).bytes()), StatusCode::bad_format);
  const WireWriter plain = WireWriter().text(1, "F");
  EXPECT_EQ(code_for(onnx_model_message(identity()).message(25, plain).bytes()), StatusCode::ok);
  EXPECT_EQ(code_for(onnx_model_message(identity()).message(25, plain).message(25, plain).bytes()),
            StatusCode::bad_format);
}

TEST(Model, ChecksMetadata) {
  const auto with = [](std::string_view key, std::string_view value) {
    return onnx_model_message(identity()).message(14, WireWriter().text(1, key).text(2, value));
  };
  EXPECT_EQ(code_for(with("a", "").bytes()), StatusCode::ok);
  EXPECT_EQ(code_for(with("", "a").bytes()), StatusCode::bad_format);
  EXPECT_EQ(code_for(with("a", "\xff").bytes()), StatusCode::bad_format);
  EXPECT_EQ(code_for(with("a", std::string_view("\0", 1)).bytes()), StatusCode::bad_format);
  EXPECT_EQ(code_for(with("a", "1").message(14, WireWriter().text(1, "a")).bytes()), StatusCode::bad_format);
  LoadLimits limits;
  limits.text_bytes = 3;
  EXPECT_EQ(code_for(with("a", "four").bytes(), limits), StatusCode::limit_exceeded);
}

TEST(Model, IgnoresTraining) {
  EXPECT_EQ(code_for(onnx_model_message(identity()).text(20, "\xff\xff").text(6, "documentation").bytes()),
            StatusCode::ok);
}

TEST(Model, CountsInputsThatNoInitializerFills) {
  OnnxGraph graph = identity();
  graph.input("w", 1, {"1"}).initializer(testing::onnx_floats("w", {1}, {1}));
  LoadLimits limits;
  limits.inputs = 1;
  EXPECT_EQ(code_for(testing::onnx_model(graph), limits), StatusCode::ok);
  graph.input("z", 1, {"1"});
  EXPECT_EQ(code_for(testing::onnx_model(graph), limits), StatusCode::limit_exceeded);
}

TEST(Model, ReadsOneTensor) {
  const std::string bytes = testing::onnx_floats("input", {2}, {1, 2}).bytes();
  const auto tensor = read_tensor(as_file(bytes), nullptr);
  ASSERT_TRUE(tensor.ok()) << tensor.status().message();
  EXPECT_EQ(to_tensor(*tensor)->as<float>()[1], 2.0F);
  EXPECT_EQ(read_tensor({}, nullptr).status().code(), StatusCode::bad_format);
  const std::string outside = testing::onnx_external("w", 1, {1}, {{"location", "w"}}).bytes();
  EXPECT_EQ(read_tensor(as_file(outside), nullptr).status().code(), StatusCode::unsupported);
}

// y = x + w, where w may lie in a branch's own graph as well.
Result<Model> joined(const OnnxGraph& graph, GivenWeights& given) {
  const testing::TemporaryFolder folder;
  const std::string bytes = testing::onnx_model(graph);
  const std::array parts = {as_file(bytes)};
  EXPECT_TRUE(write_file_atomically(folder.file("m.onnx"), parts).ok());
  return read_model(folder.file("m.onnx"), {}, &given);
}

TEST(Model, TakesGivenWeights) {
  OnnxGraph graph = identity();
  graph.initializer(testing::onnx_floats("w", {2}, {1, 2})).initializer(testing::onnx_floats("own", {1}, {3}));
  GivenWeights given = testing::given_weights({{"w", testing::f32_of({2}, {5, 6})}});
  const auto model = joined(graph, given);
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(to_tensor(model->graph.initializers[0])->as<float>()[1], 6.0F);
  EXPECT_EQ(to_tensor(model->graph.initializers[1])->as<float>()[0], 3.0F);
  EXPECT_TRUE(given.all_taken().ok());
}

TEST(Model, TakesGivenWeightsInBranchesAndOfHalfTheWidth) {
  OnnxGraph inside;
  inside.initializer(testing::onnx_floats("w", {2}, {1, 2})).node(onnx_node("Identity", {"w"}, {"b"})).output("b");
  OnnxGraph graph = identity();
  graph.node(onnx_node("If", {"x"}, {"z"}, {testing::onnx_graph_attribute("then_branch", inside)}));
  GivenWeights given = testing::given_weights({{"w", testing::tensor_of(DType::f16, {2}, {5, 6})}});
  const auto model = joined(graph, given);
  ASSERT_TRUE(model.ok()) << model.status().message();
  const TensorData& weight = model->graph.nodes.at(1).find("then_branch")->graph->initializers.at(0);
  EXPECT_EQ(weight.type, ElementType::f16);
  EXPECT_EQ(testing::values_of(*to_tensor(weight)), (std::vector<double>{5, 6}));
}

TEST(Model, NeedsNoElementsWhereWeightsAreGiven) {
  OnnxGraph graph = identity();
  graph.initializer(testing::onnx_external("w", 1, {2}, {{"location", "gone.bin"}}));
  GivenWeights given = testing::given_weights({{"w", testing::f32_of({2}, {5, 6})}});
  EXPECT_TRUE(joined(graph, given).ok());
  GivenWeights other = testing::given_weights({{"v", testing::f32_of({2}, {5, 6})}});
  EXPECT_EQ(joined(graph, other).status().code(), StatusCode::not_found);
}

TEST(Model, RefusesGivenWeightsThatDoNotFit) {
  OnnxGraph graph = identity();
  graph.initializer(testing::onnx_floats("w", {2}, {1, 2}));
  GivenWeights given = testing::given_weights({{"w", testing::f32_of({1, 2}, {5, 6})}});
  const Status refused = joined(graph, given).status();
  EXPECT_EQ(refused.code(), StatusCode::invalid_argument);
  EXPECT_NE(refused.message().find("tensor 'w'"), std::string::npos) << refused.message();
}

// Cut short, a model must not be read: its last part is what makes it whole.
TEST(Model, RefusesEveryBeginningOfItself) {
  const std::string bytes = testing::onnx_model(identity());
  ASSERT_EQ(code_for(bytes), StatusCode::ok);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(code_for(bytes.substr(0, size)), StatusCode::bad_format) << size;
  }
}

TEST(Model, SurvivesEveryBeginningOfTheSample) {
  const std::string bytes = onnx_sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) (void)code_for(bytes.substr(0, size));
}

TEST(Model, SurvivesEveryByteAtEveryEdge) {
  const std::string bytes = onnx_sample();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int edge : {0, 1, 127, 128, 255}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(edge);
      refused += code_for(changed) == StatusCode::ok ? 0U : 1U;
    }
  }
  EXPECT_GT(refused, bytes.size());
}

// Each part of the sample once more behind itself: never two of what is one, never a crash.
TEST(Model, SurvivesEveryFieldTwice) {
  const WireWriter message = onnx_model_message(identity());
  for (const std::uint32_t field : {1U, 2U, 3U, 7U, 8U, 14U, 20U, 25U}) {
    for (const char* content : {"", "\x01", "\xff\xff", "\x0a\x01x"}) {
      WireWriter changed = message;
      (void)code_for(changed.text(field, content).text(field, content).bytes());
    }
  }
}

TEST(Model, RefusesHugeCountsAtOnce) {
  const auto before = std::chrono::steady_clock::now();
  for (const std::uint64_t length : {std::uint64_t{1} << 31, (std::uint64_t{1} << 32) - 1, std::uint64_t{1} << 61,
                                     std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    for (const std::uint32_t field : {7U, 8U, 14U, 25U}) {
      EXPECT_EQ(code_for(WireWriter().integer(1, 8).tag(field, 2).varint(length).bytes()), StatusCode::bad_format);
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

// Messages in messages in messages: the wire's limit, and no deep stack.
TEST(Model, RefusesDeepNesting) {
  std::string graph;
  for (int depth = 0; depth < 1000; ++depth) {
    graph = WireWriter().text(1, WireWriter().text(5, WireWriter().text(6, graph).bytes()).bytes()).bytes();
  }
  EXPECT_EQ(code_for(WireWriter().integer(1, 8).text(7, graph).bytes()), StatusCode::limit_exceeded);
}

// A small file may ask for a large model: attributes of a few bytes become structs of hundreds.
TEST(Model, RefusesToGrowFarBeyondItsFile) {
  std::vector<WireWriter> attributes;
  for (int i = 0; i < 200; ++i) attributes.push_back(testing::onnx_attribute(std::to_string(i), std::int64_t{1}));
  const WireWriter node = onnx_node("Op", {}, {}, attributes);
  OnnxGraph graph;
  for (int i = 0; i < 4000; ++i) graph.node(node);
  EXPECT_EQ(code_for(testing::onnx_model(graph)), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx
