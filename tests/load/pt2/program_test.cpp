// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/program.h"

#include <gtest/gtest.h>

#include "support/export_sample.h"

namespace rheo::pt2 {
namespace {

using testing::replaced;
using testing::sample_program;

Status refusal(std::string_view from, std::string_view to) {
  return parse_program(replaced(sample_program(), from, to)).status();
}
StatusCode code(std::string_view from, std::string_view to) { return refusal(from, to).code(); }

TEST(Pt2Program, IsReadIntoPlainData) {
  const auto program = parse_program(sample_program());
  ASSERT_TRUE(program.ok()) << program.status().message();
  ASSERT_EQ(program->inputs.size(), 1U);
  EXPECT_EQ(program->inputs[0].name, "x");
  EXPECT_EQ(program->inputs[0].meta.sizes[1].number, 2);
  ASSERT_EQ(program->weights.size(), 1U);
  EXPECT_EQ(program->weights[0].name, "block.w");
  ASSERT_EQ(program->nodes.size(), 2U);
  EXPECT_EQ(program->nodes[0].target, "aten.add.Tensor");
  EXPECT_EQ(program->nodes[0].arguments[1].first, "other");
  EXPECT_EQ(program->nodes[0].source, "block.a");
  EXPECT_EQ(program->outputs, std::vector<std::string>{"y"});
  EXPECT_EQ(program->constraints.at("s0").high, 16);
}

TEST(Pt2Program, MustBeOfTheSchemaThatIsKnown) {
  EXPECT_EQ(code(R"("major": 8)", R"("major": 7)"), StatusCode::unsupported);
  EXPECT_EQ(code(R"("major": 8)", R"("major": 9)"), StatusCode::unsupported);
  EXPECT_EQ(code(R"("major": 8)", R"("major": "8")"), StatusCode::bad_format);
  EXPECT_TRUE(refusal(R"("minor": 20)", R"("minor": 99, "later": {}")").ok() ||
              refusal(R"("minor": 20)", R"("minor": 99, "later": {})").ok());
  EXPECT_EQ(code(R"("schema_version")", R"("other")"), StatusCode::bad_format);
}

TEST(Pt2Program, PassesOverFieldsOfLaterVersions) {
  EXPECT_TRUE(refusal(R"("module_call_graph": [])", R"("module_call_graph": [], "later": {"deep": [1]})").ok());
  EXPECT_TRUE(refusal(R"("kind": 1)", R"("kind": 1, "later": 2)").ok());
}

TEST(Pt2Program, RefusesInputsAndOutputsThatAreMoreThanTensors) {
  for (const char* tag : {"token", "custom_obj", "something_new"}) {
    EXPECT_EQ(code(R"({"user_input": )", std::string("{\"") + tag + "\": "), StatusCode::unsupported) << tag;
  }
  for (const char* tag : {"buffer_mutation", "parameter_mutation", "user_input_mutation", "loss_output", "token",
                          "gradient_to_parameter", "something_new"}) {
    const Status status = refusal(R"({"user_output": )", std::string("{\"") + tag + "\": ");
    EXPECT_EQ(status.code(), StatusCode::unsupported) << tag;
    EXPECT_NE(status.message().find(tag), std::string::npos);
  }
  EXPECT_EQ(code(R"({"user_input": {"arg": {"as_tensor")", R"({"user_input": {"arg": {"as_sym_int")"),
            StatusCode::unsupported);
  EXPECT_EQ(code(R"({"as_tensor": {"name": "add"}}, "kind": 1})", R"({"as_graph": {"name": "add"}}, "kind": 1})"),
            StatusCode::unsupported);
}

TEST(Pt2Program, GivesEveryNameOnceBeforeItIsRead) {
  EXPECT_EQ(code(R"("outputs": [{"as_tensor": {"name": "add"}}])", R"("outputs": [{"as_tensor": {"name": "x"}}])"),
            StatusCode::bad_format);
  EXPECT_EQ(code(R"("arg": {"as_tensor": {"name": "add"}})", R"("arg": {"as_tensor": {"name": "y"}})"),
            StatusCode::bad_format);
  EXPECT_EQ(code(R"([{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}])",
                 R"([{"user_output": {"arg": {"as_tensor": {"name": "nothing"}}}}])"),
            StatusCode::bad_format);
  EXPECT_EQ(code(R"([{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}])", "[]"), StatusCode::bad_format);
  EXPECT_EQ(code(R"("x": {"dtype")", R"("z": {"dtype")"), StatusCode::bad_format);
}

TEST(Pt2Program, RefusesWhatIsNoProgram) {
  EXPECT_EQ(parse_program("").status().code(), StatusCode::bad_format);
  EXPECT_EQ(parse_program("[]").status().code(), StatusCode::bad_format);
  EXPECT_EQ(parse_program("{}").status().code(), StatusCode::bad_format);
  EXPECT_EQ(code(R"("nodes": [)", R"("nodes": [1, )"), StatusCode::bad_format);
  LoadLimits limits;
  limits.nodes = 1;
  EXPECT_EQ(parse_program(sample_program(), limits).status().code(), StatusCode::limit_exceeded);
  const std::string values = "{\"a\": [" + std::string(200'000, '[') + "1]}";
  EXPECT_FALSE(parse_program(values).ok());
}

TEST(Pt2Program, OverwritesNothing) {
  const auto program = parse_program(replaced(sample_program(), "aten.relu.default", "aten.relu_.default"));
  ASSERT_TRUE(program.ok()) << program.status().message();
  EXPECT_EQ(program->nodes[1].target, "aten.relu.default");
}

}  // namespace
}  // namespace rheo::pt2
