// SPDX-License-Identifier: Apache-2.0
#include "policy/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "policy/fixed.h"
#include "policy/thresholds.h"
#include "policy/tradeoff.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class PolicyJsonTest : public testing::Test {
 protected:
  std::shared_ptr<const Policy> there_and_back(const Policy& policy) const {
    const std::string text = policy_to_json(policy, ladder).value();
    auto back = policy_from_json(text, ladder).value();
    EXPECT_EQ(policy_to_json(*back, ladder).value(), text);
    return back;
  }
  void expect_bad(const std::string& text, const std::string& hint) const {
    const auto policy = policy_from_json(text, ladder);
    ASSERT_FALSE(policy.ok()) << text;
    EXPECT_EQ(policy.status().code(), StatusCode::bad_format);
    EXPECT_NE(policy.status().message().find(hint), std::string::npos) << policy.status().message();
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
};

TEST_F(PolicyJsonTest, KeepsAFixedPath) {
  const auto back = there_and_back(*make_fixed_policy(PathId{2}));
  EXPECT_EQ(dynamic_cast<const FixedPolicy&>(*back).path(), PathId{2});
}

TEST_F(PolicyJsonTest, KeepsThresholdsToTheLastBit) {
  const auto back = there_and_back(*make_thresholds_policy({{PathId{0}, 0.1f}, {PathId{3}, 1.0f / 3}}).value());
  const auto rungs = dynamic_cast<const ThresholdsPolicy&>(*back).rungs();
  ASSERT_EQ(rungs.size(), 2u);
  EXPECT_EQ(rungs[0].margin, 0.1f);
  EXPECT_EQ(rungs[1].margin, 1.0f / 3);
  EXPECT_EQ(rungs[1].path, PathId{3});
}

TEST_F(PolicyJsonTest, KeepsATradeoffToTheLastBit) {
  TradeoffTable table{123.456, 4, {}};
  table.expected_us.assign(5 * 4 * TradeoffTable::kBins, std::numeric_limits<float>::infinity());
  for (std::size_t i = 40; i < 300; ++i) table.expected_us[i] = static_cast<float>(i) * 0.1f;
  const auto back = there_and_back(*make_tradeoff_policy(table).value());
  const TradeoffTable& read = dynamic_cast<const TradeoffPolicy&>(*back).table();
  EXPECT_EQ(read.price_us, table.price_us);
  EXPECT_EQ(read.expected_us, table.expected_us);
}

TEST_F(PolicyJsonTest, RefusesWhatItDoesNotKnow) {
  expect_bad("", "no JSON");
  expect_bad("[]", "kind");
  expect_bad(R"({"kind":"oracle"})", "oracle");
  expect_bad(R"({"kind":"fixed"})", "path");
  expect_bad(R"({"kind":"fixed","path":7})", "name");
  expect_bad(R"({"kind":"fixed","path":"exit9.f32"})", "exit9.f32");
  expect_bad(R"({"kind":"fixed","path":"exit1.f32","price":1})", "price");
  expect_bad(R"({"kind":"thresholds","rungs":[]})", "rungs");
  expect_bad(R"({"kind":"thresholds","rungs":[{"path":"exit1.f32","margin":2}]})", "margin");
  expect_bad(R"({"kind":"thresholds","rungs":[{"path":"exit1.f32","margin":"0"}]})", "margin");
  expect_bad(R"({"kind":"thresholds","rungs":[1]})", "object");
  expect_bad(R"({"kind":"tradeoff","price_us":1,"paths":["exit1.f32"],"expected_us":[]})", "paths");
  expect_bad(R"({"kind":"tradeoff","price_us":1,"paths":["exit2.f32","exit1.f32","exit3.f32","final.f32"],)"
             R"("expected_us":[]})",
             "order");
  const std::string head =
      R"({"kind":"tradeoff","price_us":1,"paths":["exit1.f32","exit2.f32","exit3.f32","final.f32"],)";
  expect_bad(head + R"("expected_us":[]})", "row");
  expect_bad(head + R"("expected_us":[[],[],[],[],[]]})", "action");
  expect_bad(head + R"("expected_us":[[[1],null,null,null],[],[],[],[]]})", "numbers");
}

TEST_F(PolicyJsonTest, APolicyOfTheHostHasNoText) {
  class Own final : public Policy {
    Decision decide(const Situation& s) const override { return Decision::run(s.ladder.cheapest()); }
  };
  EXPECT_EQ(policy_to_json(Own(), ladder).status().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo
