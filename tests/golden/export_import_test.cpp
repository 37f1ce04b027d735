// SPDX-License-Identifier: Apache-2.0
// Imports the archives that tools/make_export_fixtures.py wrote and compares what the reference kernels answer with
// what PyTorch answered; and one network in four formats with itself.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/hash.h"
#include "load/file.h"
#include "load/import.h"
#include "load/package.h"
#include "load/safetensors.h"
#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"

namespace rheo {
namespace {

std::string model_file(const std::string& name) { return RHEO_SOURCE_DIR "/tests/golden/exports/" + name; }

// "input0", "input1", ... or "output0", ... of a case.
std::vector<Tensor> tensors_of(const std::string& name, const std::string& what) {
  const FileBytes file = read_file(model_file(name + ".safetensors")).value();
  const Safetensors content = read_safetensors(file.bytes, file.owner, {}).value();
  std::vector<Tensor> tensors;
  while (content.tensors.contains(what + std::to_string(tensors.size()))) {
    tensors.push_back(content.tensors.find(what + std::to_string(tensors.size()))->second);
  }
  return tensors;
}

void expect_close(const Tensor& got, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(got.shape(), expected.shape()) << what;
  ASSERT_EQ(got.dtype(), expected.dtype()) << what;
  if (got.dtype() != DType::f32) {
    EXPECT_TRUE(testing::is_identical(got, expected)) << what;
    return;
  }
  const auto a = got.as<float>();
  const auto b = expected.as<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], 2e-5 + 2e-5 * std::abs(b[i])) << what << ", element " << i;
  }
}

class ExportImport : public ::testing::TestWithParam<std::string> {};

TEST_P(ExportImport, AnswersLikePyTorch) {
  const std::string& name = GetParam();
  const auto graph = import_model(model_file(name + ".pt2"));
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  const auto answers = testing::interpret_given_out(**graph, tensors_of(name, "input"));
  ASSERT_TRUE(answers.ok()) << answers.status().message();
  const std::vector<Tensor> expected = tensors_of(name, "output");
  ASSERT_EQ(answers->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expect_close((*answers)[i], expected[i], name + " output " + std::to_string(i));
  }
}

TEST_P(ExportImport, LeavesTheBatchOpen) {
  const std::string& name = GetParam();
  std::string said;
  const auto graph =
      import_model(model_file(name + ".pt2"), {}, [&](Severity, std::string_view message) { said = message; }).value();
  const bool is_open = name != "joined";
  for (const GraphInput& input : graph->inputs()) {
    EXPECT_EQ(graph->value(input.value).type.shape[0], is_open ? kDynamic : 1) << said;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ExportImport,
                         ::testing::Values("convolutions", "in_place", "activations", "arithmetic", "shapes",
                                           "pictures", "reductions", "indexing", "attention", "norms", "recurrent",
                                           "tokens", "joined", "as_written", "four_ways"),
                         [](const auto& info) { return info.param; });

// The largest difference over the largest answer.
double difference(const Tensor& got, const Tensor& expected) {
  double worst = 0;
  double largest = 0;
  for (std::size_t i = 0; i < expected.as<float>().size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::abs(got.as<float>()[i] - expected.as<float>()[i])));
    largest = std::max(largest, static_cast<double>(std::abs(expected.as<float>()[i])));
  }
  return worst / largest;
}

void expect_same(const std::string& format, const Result<std::shared_ptr<const Graph>>& graph) {
  ASSERT_TRUE(graph.ok()) << format << ": " << graph.status().message();
  const auto answers = testing::interpret_given_out(**graph, tensors_of("four_ways", "input"));
  ASSERT_TRUE(answers.ok()) << format << ": " << answers.status().message();
  const Tensor expected = tensors_of("four_ways", "output")[0];
  ASSERT_EQ((*answers)[0].shape(), expected.shape()) << format;
  EXPECT_LT(difference((*answers)[0], expected), 1e-5) << format;
}

TEST(FourWays, AnswerAlike) {
  const auto exported = import_model(model_file("four_ways.pt2"));
  expect_same("pt2", exported);
  expect_same("onnx", import_model(model_file("four_ways.onnx")));
  const testing::TemporaryFolder folder;
  const std::string package = folder.file("four_ways.rheo");
  Package content;
  content.graph = *exported;
  ASSERT_TRUE(write_package(content, package).ok());
  expect_same("rheo", read_package(package).value().graph);
  const auto script = import_model(model_file("four_ways.pt"));
  if (script.status().code() == StatusCode::unavailable)
    GTEST_SKIP() << "without TorchScript: " << script.status().message();
  expect_same("TorchScript", script);
}

// The old graph joined with the new weights is the graph that was exported with them: batch norms, which are folded,
// and a matrix that goes by two names included.
TEST(GivenWeightsOfAModel, AreThoseOfAnotherExport) {
  const std::string weights = model_file("weights_new.safetensors");
  const std::vector<Tensor> image = {testing::random_tensor_of(DType::f32, {2, 3, 8, 8}, 7)};
  for (const std::string format : {".pt2", ".onnx"}) {
    std::string said;
    Severity severity = Severity::verbose;
    const LogSink log = [&](Severity heard, std::string_view message) {
      severity = heard;
      said = message;
    };
    const auto joined = import_model(model_file("weights_old" + format), {.weights = weights}, log);
    ASSERT_TRUE(joined.ok()) << joined.status().message();
    const auto exported = import_model(model_file("weights_new" + format)).value();
    const auto old = import_model(model_file("weights_old" + format)).value();
    EXPECT_EQ(content_hash(**joined), content_hash(*exported)) << format;
    EXPECT_NE(content_hash(**joined), content_hash(*old)) << format;
    const auto answers = testing::interpret_given_out(**joined, image).value();
    EXPECT_TRUE(testing::is_identical(answers[0], testing::interpret_given_out(*exported, image).value()[0]));
    EXPECT_FALSE(testing::is_identical(answers[0], testing::interpret_given_out(*old, image).value()[0]));
    EXPECT_EQ(severity, format == ".pt2" ? Severity::info : Severity::verbose) << said;  // of batches that were counted
  }
}

TEST(GivenWeightsOfAModel, AreRefusedWithAReason) {
  const std::string weights = model_file("weights_new.safetensors");
  const Status folded = import_model(model_file("four_ways.onnx"), {.weights = weights}).status();
  EXPECT_EQ(folded.code(), StatusCode::invalid_argument);
  EXPECT_NE(folded.message().find("weights_new.safetensors"), std::string::npos) << folded.message();
  EXPECT_EQ(import_model(model_file("four_ways.pt2"), {.weights = weights}).status().code(),
            StatusCode::invalid_argument);
  EXPECT_EQ(import_model(model_file("four_ways.pt"), {.weights = weights}).status().code(),
            StatusCode::invalid_argument);
  EXPECT_EQ(import_model(model_file("four_ways.pt2"), {.weights = "/no/such/file"}).status().code(),
            StatusCode::not_found);
  EXPECT_EQ(import_model(model_file("four_ways.pt2"), {.weights = model_file("four_ways.pt2")}).status().code(),
            StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo
