// SPDX-License-Identifier: Apache-2.0
#include "load/import_value.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace rheo {
namespace {

using testing::f32_of;

// [batch, 2] with the same row everywhere but for `odd` in the last one.
Tensor rows(std::int64_t batch, double odd = 2) {
  std::vector<double> elements;
  for (std::int64_t row = 0; row < batch; ++row) elements.insert(elements.end(), {1, row + 1 == batch ? odd : 2});
  return f32_of({batch, 2}, elements);
}

TEST(ImportValue, SeesThatTrialsAgree) {
  const ImportValue value = ImportValue::known({f32_of({2}, {1, 2}), f32_of({2}, {1, 2})});
  EXPECT_TRUE(value.ignores_batch());
  EXPECT_FALSE(ImportValue::known({f32_of({2}, {1, 2}), f32_of({2}, {1, 3})}).ignores_batch());
  EXPECT_FALSE(ImportValue::known({f32_of({2}, {1, 2}), f32_of({1, 2}, {1, 2})}).ignores_batch());
}

TEST(ImportValue, FindsTheRowThatServesAllItems) {
  const auto row = ImportValue::known({rows(kTrialBatches[0]), rows(kTrialBatches[1])}).row_of_all();
  ASSERT_TRUE(row.has_value());
  EXPECT_TRUE(testing::is_identical(*row, f32_of({1, 2}, {1, 2})));
  EXPECT_FALSE(ImportValue::known({rows(kTrialBatches[0]), rows(kTrialBatches[1], 7)}).row_of_all().has_value());
  EXPECT_FALSE(ImportValue::known({rows(3), rows(4)}).row_of_all().has_value());
  EXPECT_FALSE(ImportValue::known(f32_of({}, {1})).row_of_all().has_value());
}

TEST(ImportValue, KnowsWhatItIs) {
  EXPECT_TRUE(ImportValue().is_missing());
  EXPECT_TRUE(ImportValue::computed(3).is_computed());
  ImportValue constant = ImportValue::known(f32_of({1}, {1}));
  constant.set_id(4);
  EXPECT_TRUE(constant.is_known());
  EXPECT_FALSE(constant.is_computed());
}

}  // namespace
}  // namespace rheo
