// SPDX-License-Identifier: Apache-2.0
#include "infer/choices_json.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

ChoicesByPrecision sample() {
  ChoicesByPrecision choices;
  choices[0]["stem.conv"] = {"conv2d_dnnl", Layout::nchw16c};
  choices[0]["exit1.\"linear\""] = {"linear", Layout::plain};
  choices[2]["stem.conv"] = {"conv2d_int8", Layout::nhwc};
  return choices;
}

TEST(ChoicesJson, GoesThereAndBack) {
  const std::string text = choices_by_precision_to_json(sample());
  const ChoicesByPrecision back = choices_by_precision_from_json(text).value();
  EXPECT_EQ(choices_by_precision_to_json(back), text);
  ASSERT_EQ(back[0].size(), 2u);
  EXPECT_EQ(back[0].at("stem.conv").kernel, "conv2d_dnnl");
  EXPECT_EQ(back[0].at("stem.conv").layout, Layout::nchw16c);
  EXPECT_TRUE(back[1].empty());
  EXPECT_EQ(back[2].at("stem.conv").layout, Layout::nhwc);
}

TEST(ChoicesJson, NothingMeasuredIsAnEmptyObject) {
  EXPECT_EQ(choices_by_precision_to_json({}), "{}");
  const ChoicesByPrecision nothing = choices_by_precision_from_json("{}").value();
  for (const KernelChoices& choices : nothing) EXPECT_TRUE(choices.empty());
}

TEST(ChoicesJson, HostileTextGivesSentences) {
  const std::string good = choices_by_precision_to_json(sample());
  const std::string cases[] = {
      "",
      "[]",
      "null",
      "nonsense",
      good.substr(0, good.size() - 1),
      R"({"f64": {}})",
      R"({"f32": []})",
      R"({"f32": {"node": {"kernel": 3, "layout": "nhwc"}}})",
      R"({"f32": {"node": {"kernel": "ref", "layout": "spiral"}}})",
      R"({"f32": {"node": {"kernel": "ref"}}})",
      "{\"f32\": \"\xff\"}",
  };
  for (const std::string& text : cases) {
    const Status status = choices_by_precision_from_json(text).status();
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_FALSE(status.message().empty()) << text;
  }
}

}  // namespace
}  // namespace rheo
