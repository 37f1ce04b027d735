// SPDX-License-Identifier: Apache-2.0
#include "infer/agreement_table.h"

#include <gtest/gtest.h>

#include <array>

namespace rheo {
namespace {

TEST(AgreementTable, TakesConfidencesFromLogitsAtItsTemperature) {
  AgreementTable table = AgreementTable::create(2, 3, 3).value();
  const std::array<float, 3> logits = {2, 1, 0};
  table.set_logits(PathId{1}, 2, logits);
  const Evidence& evidence = table.evidence(PathId{1}, 2);
  EXPECT_EQ(evidence.path, PathId{1});
  EXPECT_EQ(evidence.answer, 0);
  EXPECT_NEAR(evidence.top_probability, 0.665241, 1e-6);
  EXPECT_NEAR(evidence.margin, 0.420512, 1e-6);
  EXPECT_NEAR(evidence.entropy, 0.832396, 1e-6);
  table.set_temperature(PathId{1}, 0.5f);
  EXPECT_NEAR(table.evidence(PathId{1}, 2).top_probability, 0.866814, 1e-5);
  EXPECT_EQ(table.logits(PathId{1}, 2)[1], 1);
  EXPECT_EQ(table.temperature(PathId{1}), 0.5f);
}

TEST(AgreementTable, ACellThatWasNeverWrittenIsNotTrusted) {
  const AgreementTable table = AgreementTable::create(1, 1, 2).value();
  EXPECT_FALSE(table.evidence(PathId{0}, 0).usable);
  EXPECT_EQ(table.label(0), -1);
  EXPECT_FALSE(table.has_labels());
}

TEST(AgreementTable, KeepsOnlyTheChosenPaths) {
  AgreementTable table = AgreementTable::create(3, 2, 2).value();
  for (std::uint8_t path = 0; path < 3; ++path) {
    for (std::size_t input = 0; input < 2; ++input) {
      const std::array<float, 2> logits = {static_cast<float>(path), static_cast<float>(input)};
      table.set_logits(PathId{path}, input, logits);
    }
  }
  table.set_temperature(PathId{2}, 3);
  table.set_label(0, 1);
  table.set_label(1, 0);
  const std::array<PathId, 2> kept = {PathId{0}, PathId{2}};
  const AgreementTable small = table.with_paths(kept);
  EXPECT_EQ(small.paths(), 2u);
  EXPECT_EQ(small.evidence(PathId{1}, 1).path, PathId{1});
  EXPECT_EQ(small.logits(PathId{1}, 1)[0], 2);
  EXPECT_EQ(small.temperature(PathId{1}), 3);
  EXPECT_EQ(small.evidence(PathId{1}, 1).margin, table.evidence(PathId{2}, 1).margin);
  EXPECT_TRUE(small.has_labels());
  EXPECT_FALSE(small.agrees(PathId{0}, 1));  // answers 1, the reference 0
}

TEST(AgreementTable, RefusesSizesThatMakeNoSense) {
  EXPECT_FALSE(AgreementTable::create(0, 1, 2).ok());
  EXPECT_FALSE(AgreementTable::create(kMaxPaths + 1, 1, 2).ok());
  EXPECT_FALSE(AgreementTable::create(1, 0, 2).ok());
  EXPECT_FALSE(AgreementTable::create(1, 1, 1).ok());
  EXPECT_EQ(AgreementTable::create(2, SIZE_MAX / 2, 8).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo
