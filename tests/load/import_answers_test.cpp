// SPDX-License-Identifier: Apache-2.0
#include "load/import_answers.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

class ImportAnswers : public ::testing::Test {
 protected:
  Status add(const ModelCard& card) {
    const std::vector<ImportOutput> outputs = {{"a", &a}, {"b", &b}};
    return add_answers(emitter, card, outputs);
  }
  ImportEmitter emitter{LoadLimits()};
  ImportValue a = emitter.add_input("x", {DType::f32, {kDynamic, 2}, {}}).value();
  ImportValue b = emitter.add_input("z", {DType::f32, {kDynamic, 2}, {}}).value();
};

TEST_F(ImportAnswers, AreTheFirstOutputUnlessACardSaysOthers) {
  ASSERT_TRUE(add({}).ok());
  const auto graph = emitter.builder().build().value();
  ASSERT_EQ(graph->exits().size(), 1U);
  EXPECT_EQ(graph->exits()[0].name, "a");
  ASSERT_EQ(graph->outputs().size(), 1U);
  EXPECT_EQ(graph->outputs()[0].name, "b");
}

TEST_F(ImportAnswers, AreTheExitsOfTheCard) {
  ASSERT_TRUE(add({{}, {{"early", 1}, {"final", 0}}, {"shirt", "bag"}}).ok());
  const auto graph = emitter.builder().build().value();
  ASSERT_EQ(graph->exits().size(), 2U);
  EXPECT_EQ(graph->exits()[1].name, "final");
  EXPECT_TRUE(graph->outputs().empty());
  EXPECT_EQ(graph->labels()[1], "bag");
}

TEST_F(ImportAnswers, MustBeThere) {
  EXPECT_EQ(add({{}, {{"early", 2}}, {}}).code(), StatusCode::bad_format);
  EXPECT_EQ(add_answers(emitter, {}, {}).code(), StatusCode::bad_format);
}

}  // namespace
}  // namespace rheo
