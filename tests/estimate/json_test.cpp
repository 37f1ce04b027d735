// SPDX-License-Identifier: Apache-2.0
#include "estimate/json.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "estimate/calibrated.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class EstimatorJsonTest : public testing::Test {
 protected:
  void expect_bad(const std::string& text, const std::string& hint) const {
    const auto estimator = estimator_from_json(text, ladder);
    ASSERT_FALSE(estimator.ok()) << text;
    EXPECT_EQ(estimator.status().code(), StatusCode::bad_format);
    EXPECT_NE(estimator.status().message().find(hint), std::string::npos) << estimator.status().message();
  }
  // Every table filled with numbers of many digits.
  std::string calibrated_text() const {
    CalibratedModel model;
    model.paths = 4;
    model.classes = 10;
    SplitMix64 random(2);
    const auto fill = [&](auto& values) {
      for (float& value : values) value = static_cast<float>(random.uniform());
    };
    model.start.resize(4 * CalibratedModel::kFeatures);
    model.own.resize(16 * CalibratedModel::kFeatures);
    model.deeper.resize(16 * CalibratedModel::kFeatures);
    model.answer_offset.resize(40);
    model.rescue.resize(16);
    fill(model.statistics_mean);
    fill(model.statistics_scale);
    for (auto* table : {&model.start, &model.own, &model.deeper, &model.answer_offset, &model.rescue}) fill(*table);
    return estimator_to_json(*make_calibrated_estimator(model).value()).value();
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
};

TEST_F(EstimatorJsonTest, KeepsThePlainOne) {
  const std::string text = estimator_to_json(*make_plain_estimator()).value();
  EXPECT_EQ(estimator_from_json(text, ladder).value()->name(), "plain");
}

TEST_F(EstimatorJsonTest, KeepsTheCalibratedOneToTheLastBit) {
  const std::string text = calibrated_text();
  const auto back = estimator_from_json(text, ladder).value();
  EXPECT_EQ(back->name(), "calibrated");
  EXPECT_EQ(estimator_to_json(*back).value(), text);
}

TEST_F(EstimatorJsonTest, RefusesWhatItDoesNotKnow) {
  expect_bad("nonsense", "no JSON");
  expect_bad("{}", "kind");
  expect_bad(R"({"kind":"magic"})", "magic");
  expect_bad(R"({"kind":"plain","paths":4})", "further");
  expect_bad(R"({"kind":"calibrated"})", "missing");
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string text = calibrated_text();
  expect_bad(replaced(text, "\"paths\":4", "\"paths\":5"), "paths");
  expect_bad(replaced(text, "\"classes\":10", "\"classes\":11"), "fit");
  expect_bad(replaced(text, "\"classes\":10", "\"classes\":1e9"), "classes");
  expect_bad(replaced(text, "\"start\":[", "\"start\":[null,"), "numbers");
  expect_bad(replaced(text, "\"start\":[", "\"start\":[1e99,"), "fit");
  expect_bad(replaced(text, "\"kind\":\"calibrated\"", "\"kind\":\"calibrated\",\"extra\":1"), "extra");
}

TEST_F(EstimatorJsonTest, AnEstimatorOfTheHostHasNoText) {
  class Own final : public Estimator {
    Complexity estimate(const Observation&) const override { return {}; }
  };
  EXPECT_EQ(estimator_to_json(Own()).status().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo
