// SPDX-License-Identifier: Apache-2.0
#include <rheo/adapt.h>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/simulated_table.h"

namespace rheo {
namespace {

AdaptReport sample_report() {
  AdaptReport report;
  report.ladder = testing_support::simulated_ladder(testing_support::Precisions::f32_only);
  report.dropped = {{"exit3.bf16", "none of the policies runs it"}};
  report.rows = {{"tradeoff price=900us", 120, 0.004, 19, 3, 5, 1e-7, true, 131.5},
                 {"tradeoff price=500us", 80, 0.009, 60, -1, -1, 0.9, false},
                 {"tradeoff price=200us", 40, 0.02}};
  report.certificate.promises = {{LossKind::disagreement, 0.01, 0.006, 19, 0},
                                 {LossKind::accuracy_drop, 0.005, 0.002, 3, 5}};
  report.certificate.confidence = 0.95;
  report.certificate.inputs = 5000;
  report.certificate.read = 2;
  report.chosen = 0;
  report.read = 2;
  report.adaptive = true;
  report.note = "Shipped tradeoff price=900us.";
  return report;
}

TEST(AdaptReport, TellsPeopleEverything) {
  const std::string text = sample_report().to_string();
  for (const char* word :
       {"exit1.f32", "dropped exit3.bf16: none of the policies runs it", "tradeoff price=900us", "right: -3 +5",
        "timed: 131.5 us", "certified, shipped", "not read", "Read 2 of these inputs", "1/4 of what may go wrong",
        "this seed or another", "Holds at 95.0 % confidence", "accuracy drop", "Shipped tradeoff price=900us."}) {
    EXPECT_NE(text.find(word), std::string::npos) << word << " in\n" << text;
  }
}

TEST(AdaptReport, TellsProgramsTheSame) {
  const auto json = nlohmann::json::parse(sample_report().to_json());
  EXPECT_EQ(json["ladder"].size(), 4U);
  EXPECT_EQ(json["ladder"][0]["path"], "exit1.f32");
  EXPECT_EQ(json["policies"][0]["losses"], 19);
  EXPECT_EQ(json["policies"][0]["right_lost"], 3);
  EXPECT_EQ(json["policies"][0]["right_won"], 5);
  EXPECT_EQ(json["policies"][0]["measured_us"], 131.5);
  EXPECT_TRUE(json["policies"][1]["measured_us"].is_null());
  EXPECT_TRUE(json["policies"][1]["right_won"].is_null());  // no labels
  EXPECT_TRUE(json["policies"][2]["losses"].is_null());     // not read
  EXPECT_EQ(json["read"], 2);
  EXPECT_EQ(json["certificate"]["promises"].size(), 2U);
  EXPECT_EQ(json["certificate"]["promises"][1]["loss"], "accuracy_drop");
  EXPECT_EQ(json["certificate"]["promises"][1]["gains"], 5);
  EXPECT_EQ(json["certificate"]["holds"], true);
  EXPECT_EQ(json["dropped"][0]["path"], "exit3.bf16");
  EXPECT_EQ(json["adaptive"], true);
}

TEST(AdaptReport, WithoutACertificateSaysSo) {
  AdaptReport report = sample_report();
  report.certificate = {};
  report.chosen = -1;
  report.note = "Nothing certified.";
  EXPECT_TRUE(nlohmann::json::parse(report.to_json())["certificate"].is_null());
  const std::string text = report.to_string();
  EXPECT_EQ(text.find("Holds"), std::string::npos);
  EXPECT_EQ(text.find("shipped"), std::string::npos);
  EXPECT_NE(text.find("Nothing certified."), std::string::npos);
}

}  // namespace
}  // namespace rheo
