// SPDX-License-Identifier: Apache-2.0
// Imports the models that tools/make_fixtures.py wrote, scripted and traced, and compares what the reference kernels
// answer with what LibTorch answered.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "graph/hash.h"
#include "load/import.h"
#include "load/npy.h"
#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "transform/pass.h"

namespace rheo {
namespace {

constexpr const char* kModels = RHEO_SOURCE_DIR "/tests/golden/models/";

std::string model_file(const std::string& name) { return std::string(kModels) + name; }

// Skips when this build has no importer.
#define RHEO_REQUIRE_IMPORTER()                                                                               \
  if (import_model(model_file("no_card.pt")).status().code() == StatusCode::unavailable) {                    \
    GTEST_SKIP() << "no TorchScript importer: " << import_model(model_file("no_card.pt")).status().message(); \
  }

void expect_close(const Tensor& got, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(got.shape(), expected.shape()) << what;
  const auto a = got.as<float>();
  const auto b = expected.as<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], 2e-5 + 2e-5 * std::abs(b[i])) << what << ", element " << i;
  }
}

struct Case {
  std::string name;
  std::string form;
};

class TorchImport : public ::testing::TestWithParam<Case> {};

TEST_P(TorchImport, AnswersLikeLibTorch) {
  RHEO_REQUIRE_IMPORTER();
  const auto& [name, form] = GetParam();
  const auto graph = import_model(model_file(name + "." + form + ".pt"));
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  const Tensor input = read_npy(model_file(name + ".input.npy")).value();
  const auto answers = testing::interpret_exits(**graph, std::span(&input, 1));
  ASSERT_TRUE(answers.ok()) << answers.status().message();
  for (std::size_t i = 0; i < (*graph)->exits().size(); ++i) {
    const std::string& exit = (*graph)->exits()[i].name;
    expect_close((*answers)[i], read_npy(model_file(name + "." + exit + ".npy")).value(),
                 name + " " + form + " " + exit);
  }
}

TEST_P(TorchImport, TakesNamesFromTheCard) {
  RHEO_REQUIRE_IMPORTER();
  const auto& [name, form] = GetParam();
  std::string said;
  const LogSink sink = [&](Severity, std::string_view message) { said = message; };
  const auto graph = import_model(model_file(name + "." + form + ".pt"), {}, sink).value();
  EXPECT_EQ(graph->inputs()[0].name, "input");
  EXPECT_EQ(graph->inputs()[0].preprocessing.scale, 0.5);
  EXPECT_EQ(graph->inputs()[0].preprocessing.offset, 0.25);
  EXPECT_EQ(graph->value(graph->inputs()[0].value).type.shape[0], kDynamic) << said;
  EXPECT_EQ(graph->exits().back().name, "final");
  EXPECT_EQ(graph->labels().size(), 2U);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const char* name :
       {"convolutions", "residual", "pools", "activations", "arithmetic", "linears", "attention", "in_place_on_view",
        "more_convolutions", "batches", "bytes", "choices", "sizes", "recurrent"}) {
    for (const char* form : {"scripted", "traced"}) all.push_back({name, form});
  }
  all.push_back({"places", "traced"});  // scripted, resizing is a loop
  all.push_back({"half", "scripted"});  // LibTorch cannot trace it on a CPU
  return all;
}

INSTANTIATE_TEST_SUITE_P(Models, TorchImport, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name + "_" + info.param.form; });

TEST(TorchImportNames, FollowTheModules) {
  RHEO_REQUIRE_IMPORTER();
  const auto graph = import_model(model_file("residual.scripted.pt")).value();
  std::string first;
  std::string source;
  for (const Node& node : graph->nodes()) {
    if (node.kind == OpKind::conv2d && first.empty()) first = node.name;
    if (node.kind == OpKind::max_pool2d) source = node.source;
  }
  EXPECT_EQ(first, "stem.0");
  EXPECT_EQ(source.substr(0, source.find(':')), "make_fixtures.py");
}

TEST(TorchImportForms, AClampAtZeroIsARelu) {
  RHEO_REQUIRE_IMPORTER();
  const auto graph = import_model(model_file("more_convolutions.scripted.pt")).value();
  EXPECT_EQ(testing::count_kind(*graph, OpKind::relu), 1);
  EXPECT_EQ(testing::count_kind(*graph, OpKind::clamp), 0);
}

TEST(TorchImportForms, AModelForOneItemTakesABatch) {
  RHEO_REQUIRE_IMPORTER();
  const auto graph = import_model(model_file("one_item.pt")).value();
  EXPECT_EQ(graph->value(graph->inputs()[0].value).type.shape, (Shape{1, 1, 4, 4}));
  EXPECT_TRUE(has_open_batch(*optimize(graph).value()));
}

TEST(TorchImportErrors, ListEveryMissingOpWithItsPlace) {
  RHEO_REQUIRE_IMPORTER();
  for (const char* model : {"unsupported.pt", "unsupported.traced.pt"}) {
    const Status status = import_model(model_file(model)).status();
    EXPECT_EQ(status.code(), StatusCode::unsupported);
    for (const char* part :
         {"2 operators", "aten.lgamma.default (node", "aten.erfinv.default (node", "(make_fixtures.py:", model}) {
      EXPECT_NE(status.message().find(part), std::string::npos) << part << " in " << status.message();
    }
    EXPECT_EQ(status.message().find("aten.relu"), std::string::npos) << status.message();
  }
}

TEST(TorchImportErrors, RefuseOverwritingWhatIsReadAgain) {
  RHEO_REQUIRE_IMPORTER();
  const Status status = import_model(model_file("in_place_read_again.pt")).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("aten::relu_ overwrites"), std::string::npos) << status.message();
}

TEST(TorchImportNames, ComeFromACardBesideTheModel) {
  RHEO_REQUIRE_IMPORTER();
  const auto graph = import_model(model_file("card_beside.pt"));
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ((*graph)->exits()[0].name, "answer");
}

TEST(TorchImportErrors, RefuseBranchesOnTheInput) {
  RHEO_REQUIRE_IMPORTER();
  const Status status = import_model(model_file("branch.pt")).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("prim::If"), std::string::npos) << status.message();
}

TEST(TorchImportErrors, SayHowToNameInputs) {
  RHEO_REQUIRE_IMPORTER();
  const Status status = import_model(model_file("no_card.pt")).status();
  EXPECT_EQ(status.code(), StatusCode::bad_format);
  EXPECT_NE(status.message().find("rheo.json"), std::string::npos) << status.message();
  EXPECT_EQ(import_model(model_file("two_inputs_named.pt")).status().code(), StatusCode::bad_format);
}

TEST(TorchImportErrors, RefuseWeightsWithoutCode) {
  RHEO_REQUIRE_IMPORTER();
  const Status status = import_model(model_file("weights_only.pt")).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("pickle"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace rheo
