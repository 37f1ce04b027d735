// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

TEST(FitTemperature, FindsTheTemperatureThatWasHidden) {
  // Answers of path 0 are right as often as softmax(z) says; the table holds 3 z.
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  AgreementTable table = testing_support::simulated_table(ladder, 4000, 5);
  const auto rows = testing_support::rows(0, 4000);
  const float plain = fit_temperature(table, PathId{0}, rows);
  for (const int row : rows) {
    std::array<float, 10> logits{};
    const auto old = table.logits(PathId{0}, static_cast<std::size_t>(row));
    for (std::size_t c = 0; c < 10; ++c) logits[c] = 3 * old[c];
    table.set_logits(PathId{0}, static_cast<std::size_t>(row), logits);
  }
  EXPECT_NEAR(fit_temperature(table, PathId{0}, rows), 3 * plain, 1e-3 * plain);
  EXPECT_EQ(fit_temperature(table, table.reference(), rows), 1);
}

TEST(FitTemperature, LeavesOutWhatIsNotFinite) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  AgreementTable table = testing_support::simulated_table(ladder, 500, 5);
  const auto good = testing_support::rows(10, 500);
  const float expected = fit_temperature(table, PathId{1}, good);
  std::array<float, 10> broken{};
  broken.fill(std::numeric_limits<float>::quiet_NaN());
  for (std::size_t row = 0; row < 10; ++row) table.set_logits(PathId{1}, row, broken);
  EXPECT_FLOAT_EQ(fit_temperature(table, PathId{1}, testing_support::rows(0, 500)), expected);
  EXPECT_EQ(fit_temperature(table, PathId{1}, {}), 1);
}

class CalibratedModelTest : public testing::Test {
 protected:
  // Mean of what the estimator says against what happened, in ten groups of equal size, on rows it never saw.
  double worst_gap(PathId earlier, PathId last) const {
    std::vector<std::pair<float, bool>> said;
    for (std::size_t row = 4000; row < 8000; ++row) {
      EvidenceList evidence;
      const auto look = [&](PathId path) {
        evidence.push_back(table.evidence(path, row));
        evidence.update(estimator->estimate({table.statistics(row), evidence, ladder}));
      };
      if (earlier != last) look(earlier);
      look(last);
      said.push_back({evidence.back().agreement, table.agrees(last, row)});
    }
    std::sort(said.begin(), said.end());
    double worst = 0;
    for (std::size_t group = 0; group < 10; ++group) {
      double gap = 0;
      for (std::size_t i = group * 400; i < (group + 1) * 400; ++i) gap += said[i].first - (said[i].second ? 1 : 0);
      worst = std::max(worst, std::abs(gap) / 400);
    }
    return worst;
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::int8_and_f32);
  const AgreementTable table = testing_support::simulated_table(ladder, 8000, 9);
  const std::vector<int> rows = testing_support::rows(0, 4000);
  const std::shared_ptr<const Estimator> estimator =
      make_calibrated_estimator(fit_calibrated_model(table, rows).value()).value();
};

TEST_F(CalibratedModelTest, SaysWhatHappensOnRowsItNeverSaw) {
  for (const char* name : {"exit1.int8", "exit2.int8", "exit3.f32", "final.int8"}) {
    const PathId path = ladder.find(name).value();
    EXPECT_LT(worst_gap(path, path), 0.12) << name;
  }
  const PathId first = ladder.find("exit1.int8").value();
  for (const char* name : {"exit1.f32", "exit2.int8", "exit3.f32"}) {
    EXPECT_LT(worst_gap(first, ladder.find(name).value()), 0.12) << name;
  }
}

TEST_F(CalibratedModelTest, StatisticsTellEasyFromHardBeforeAnyStep) {
  double easy = 0;
  double hard = 0;
  for (std::size_t row = 4000; row < 8000; ++row) {
    const float word = estimator->estimate({table.statistics(row), {}, ladder}).agreement[0];
    (table.agrees(PathId{0}, row) ? easy : hard) += word;
  }
  double agreeing = 0;
  for (std::size_t row = 4000; row < 8000; ++row) agreeing += table.agrees(PathId{0}, row) ? 1 : 0;
  EXPECT_GT(easy / agreeing, hard / (4000 - agreeing) + 0.1);
}

TEST_F(CalibratedModelTest, AStartFromASimilarFitEndsAtTheSamePlace) {
  const CalibratedModel model = fit_calibrated_model(table, rows).value();
  const CalibratedModel again = fit_calibrated_model(table, rows, {.deeper_paths = false, .start = &model}).value();
  for (std::size_t i = 0; i < model.own.size(); ++i) EXPECT_NEAR(again.own[i], model.own[i], 0.05) << i;
  EXPECT_TRUE(again.deeper.empty());
}

TEST_F(CalibratedModelTest, TooFewRowsAreAnError) {
  EXPECT_EQ(fit_calibrated_model(table, testing_support::rows(0, 49)).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo
