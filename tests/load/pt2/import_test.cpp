// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/import.h"

#include <gtest/gtest.h>

#include "support/export_sample.h"
#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/tensors.h"

namespace rheo::pt2 {
namespace {

using testing::replaced;
using testing::sample_program;

Result<std::shared_ptr<const Graph>> imported(const std::string& program = sample_program(),
                                              const ModelOptions& options = {}) {
  const auto model = read_model(testing::as_file(testing::zip_of(testing::sample_export(program))));
  if (!model) return model.status();
  return import_graph(*model, options);
}

TEST(Pt2Import, ComputesWhatTheProgramSays) {
  const auto graph = imported();
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(testing::kinds(**graph), (std::vector<std::string>{"add", "relu"}));
  EXPECT_EQ((*graph)->inputs()[0].name, "x");
  EXPECT_EQ((*graph)->exits()[0].name, "y");
  EXPECT_EQ((*graph)->node(0).source, "block.a");
  const Tensor input = testing::f32_of({3, 2}, {0, 0, 1, 5, -4, 2});
  const auto answers = testing::interpret_exits(**graph, std::span(&input, 1)).value();
  EXPECT_TRUE(testing::is_identical(answers[0], testing::f32_of({3, 2}, {1, 0, 2, 3, 0, 0})));
}

TEST(Pt2Import, FillsSymbolsIn) {
  const std::string inner = replaced(sample_program(), R"("hint": {"as_int": 2}}}, {"as_int": 2}])",
                                     R"("hint": {"as_int": 2}}}, {"as_expr": {"expr_str": "s1"}}])");
  EXPECT_EQ(imported(inner).status().code(), StatusCode::invalid_argument);
  ModelOptions options;
  options.dimensions["s1"] = 2;
  EXPECT_TRUE(imported(inner, options).ok()) << imported(inner, options).status().message();
  options.dimensions = {{"s7", 2}};
  EXPECT_EQ(imported(inner, options).status().code(), StatusCode::not_found);
}

TEST(Pt2Import, StaysWithinTheSizesThatWereProved) {
  ModelOptions options;
  options.dimensions["s0"] = 16;
  EXPECT_TRUE(imported(sample_program(), options).ok());
  options.dimensions["s0"] = 17;
  EXPECT_EQ(imported(sample_program(), options).status().code(), StatusCode::invalid_argument);
}

TEST(Pt2Import, ComparesWhatTheFileDeclaresOfOutputs) {
  const std::string other =
      replaced(sample_program(), R"("y": {"dtype": 7, "sizes": [{"as_expr": {"expr_str": "s0"}}, {"as_int": 2}])",
               R"("y": {"dtype": 7, "sizes": [{"as_expr": {"expr_str": "s0"}}, {"as_int": 3}])");
  EXPECT_EQ(imported(other).status().code(), StatusCode::bad_format);
}

TEST(Pt2Import, ListsWhatIsMissing) {
  const Status status = imported(replaced(sample_program(), "aten.relu.default", "mine.relu.default")).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("mine.relu.default"), std::string::npos) << status.message();
  EXPECT_EQ(imported(replaced(sample_program(), "aten.relu.default", "aten.relu.out")).status().code(),
            StatusCode::unsupported);
}

TEST(Pt2Import, GivesOneValueOutTwice) {
  const std::string twice = replaced(sample_program(), R"([{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}])",
                                     R"([{"user_output": {"arg": {"as_tensor": {"name": "y"}}}},
                                         {"user_output": {"arg": {"as_tensor": {"name": "y"}}}},
                                         {"user_output": {"arg": {"as_none": true}}}])");
  const auto graph = imported(twice);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  ASSERT_EQ((*graph)->outputs().size(), 1U);
  EXPECT_EQ((*graph)->outputs()[0].name, "y.2");
}

TEST(Pt2Import, DeclaresItsSymbols) {
  const auto model = read_model(testing::as_file(testing::zip_of(testing::sample_export(sample_program())))).value();
  const std::vector<OpenInput> inputs = declared_inputs(model).value();
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0].shape->at(0).name, "s0");
  EXPECT_EQ(inputs[0].shape->at(1).size, 2);
}

}  // namespace
}  // namespace rheo::pt2
