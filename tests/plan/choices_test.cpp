// SPDX-License-Identifier: Apache-2.0
#include "plan/choices.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(Choices, GoThroughTextUnchanged) {
  const KernelChoices choices = {{"layer1.0.conv1", {"dnnl.conv2d.winograd", Layout::nchw16c}},
                                 {"strange \"name\"\n", {"own.linear", Layout::plain}}};
  const auto back = choices_from_text(choices_to_text(choices));
  ASSERT_TRUE(back.ok()) << back.status().message();
  ASSERT_EQ(back->size(), 2U);
  for (const auto& [node, choice] : choices) {
    EXPECT_EQ(back->at(node).kernel, choice.kernel);
    EXPECT_EQ(back->at(node).layout, choice.layout);
  }
  EXPECT_TRUE(choices_from_text(choices_to_text({})).value().empty());
}

TEST(Choices, BrokenTextSaysWhatIsWrong) {
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"), std::string(R"({"a": 1})"), deep,
        std::string(R"({"a": {"kernel": "k"}})"), std::string(R"({"a": {"kernel": "k", "layout": 3}})"),
        std::string(R"({"a": {"kernel": "k", "layout": "chwn"}})")}) {
    const auto choices = choices_from_text(text);
    ASSERT_FALSE(choices.ok()) << text.substr(0, 60);
    EXPECT_EQ(choices.status().code(), StatusCode::bad_format);
    EXPECT_NE(choices.status().message().find("adapt"), std::string::npos);
  }
}

}  // namespace
}  // namespace rheo
