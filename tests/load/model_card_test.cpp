// SPDX-License-Identifier: Apache-2.0
#include "load/model_card.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

Status refusal(std::string_view text) { return parse_model_card(text).status(); }

TEST(ModelCard, SaysWhatTheFileDoesNot) {
  const ModelCard card = parse_model_card(R"({"version": 1, "labels": ["shirt", "bag"],
      "inputs": [{"name": "image", "scale": 0.5, "offset": -1}],
      "exits": [{"name": "early", "output": 1}, {"name": "final", "output": 0}]})")
                             .value();
  EXPECT_EQ(card.inputs.at(0).name, "image");
  EXPECT_EQ(card.inputs.at(0).preprocessing.scale, 0.5);
  EXPECT_EQ(card.inputs.at(0).preprocessing.offset, -1);
  EXPECT_EQ(card.exits.at(0).name, "early");
  EXPECT_EQ(card.exits.at(0).output, 1U);
  EXPECT_EQ(card.exits.at(1).output, 0U);
  EXPECT_EQ(card.labels, (std::vector<std::string>{"shirt", "bag"}));
}

TEST(ModelCard, NeedsNothingButTheVersion) {
  const ModelCard card = parse_model_card(R"({"version": 1, "inputs": [{"name": "x"}]})").value();
  EXPECT_TRUE(card.exits.empty() && card.labels.empty());
  EXPECT_EQ(card.inputs.at(0).preprocessing.scale, 1);
  EXPECT_EQ(card.inputs.at(0).preprocessing.offset, 0);
}

TEST(ModelCard, NamesTheFieldThatDoesNotFit) {
  for (const auto& [text, part] : std::vector<std::pair<const char*, const char*>>{
           {"{", "rheo.json"},
           {"[]", "rheo.json is an array"},
           {"{}", "'version'"},
           {R"({"version": 2})", "version"},
           {R"({"version": 1, "exit": []})", "exit"},
           {R"({"version": 1, "exits": [{"name": "a", "output": -1}]})", "exits[0].output"},
           {R"({"version": 1, "exits": [{"name": "", "output": 1}]})", "exits[0].name"},
           {R"({"version": 1, "exits": [{"name": "a", "output": 1}, {"name": "a", "output": 2}]})", "exits[1]"},
           {R"({"version": 1, "exits": [{"name": "a", "output": 1}, {"name": "b", "output": 1}]})", "exits[1]"},
           {R"({"version": 1, "inputs": [{"scale": 1}]})", "'name'"},
           {R"({"version": 1, "inputs": [{"name": "x", "shape": [1]}]})", "shape"},
           {R"({"version": 1, "labels": [1]})", "labels[0]"}}) {
    const Status status = refusal(text);
    EXPECT_EQ(status.code(), StatusCode::bad_format) << text;
    EXPECT_NE(status.message().find(part), std::string::npos) << text << ": " << status.message();
  }
}

}  // namespace
}  // namespace rheo
