// SPDX-License-Identifier: Apache-2.0
#include "infer/choices_json.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

ChoicesByPlan sample() {
  ChoicesByPlan choices;
  choices["f32"]["stem.conv"] = {"conv2d_dnnl", Layout::nchw16c};
  choices["f32"]["exit1.\"linear\""] = {"linear", Layout::plain};
  choices["lite0:int8@160"]["stem.conv"] = {"conv2d_int8", Layout::nhwc};
  choices["bf16"] = {};
  return choices;
}

TEST(ChoicesJson, GoesThereAndBack) {
  const std::string text = choices_by_plan_to_json(sample());
  const ChoicesByPlan back = choices_by_plan_from_json(text).value();
  EXPECT_EQ(choices_by_plan_to_json(back), text);
  ASSERT_EQ(back.size(), 2u) << "a plan without choices is as good as none";
  ASSERT_EQ(back.at("f32").size(), 2u);
  EXPECT_EQ(back.at("f32").at("stem.conv").kernel, "conv2d_dnnl");
  EXPECT_EQ(back.at("f32").at("stem.conv").layout, Layout::nchw16c);
  EXPECT_EQ(back.at("lite0:int8@160").at("stem.conv").layout, Layout::nhwc);
}

TEST(ChoicesJson, NothingMeasuredIsAnEmptyObject) {
  EXPECT_EQ(choices_by_plan_to_json({}), "{}");
  EXPECT_TRUE(choices_by_plan_from_json("{}").value().empty());
}

TEST(ChoicesJson, HostileTextGivesSentences) {
  const std::string good = choices_by_plan_to_json(sample());
  std::string many = "{";
  for (int i = 0; i <= static_cast<int>(kMaxPaths); ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{}";
  const std::string cases[] = {
      "",
      "[]",
      "null",
      "nonsense",
      many + "}",
      good.substr(0, good.size() - 1),
      R"({"f64": {}})",
      R"({"lite0:int9@160": {}})",
      R"({"f32": []})",
      R"({"f32": {"node": {"kernel": 3, "layout": "nhwc"}}})",
      R"({"f32": {"node": {"kernel": "ref", "layout": "spiral"}}})",
      R"({"f32": {"node": {"kernel": "ref"}}})",
      "{\"f32\": \"\xff\"}",
  };
  for (const std::string& text : cases) {
    const Status status = choices_by_plan_from_json(text).status();
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_FALSE(status.message().empty()) << text;
  }
}

}  // namespace
}  // namespace rheo
