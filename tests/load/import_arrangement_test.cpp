// SPDX-License-Identifier: Apache-2.0
#include "load/import_arrangement.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

constexpr std::int64_t kB0 = kTrialBatches[0];
constexpr std::int64_t kB1 = kTrialBatches[1];

PerTrial<Shape> with_batch(std::vector<std::int64_t> dims) {
  PerTrial<Shape> shapes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    for (const std::int64_t dim : dims) shapes[trial].push_back(dim == kDynamic ? kTrialBatches[trial] : dim);
  }
  return shapes;
}

TEST(ImportArrangement, PermutesAndComesBack) {
  const Arrangement swapped = permuted(natural_arrangement(3), std::vector<std::int64_t>{1, 0, 2});
  EXPECT_FALSE(is_natural(swapped));
  EXPECT_EQ(arranged_shape(swapped, {kDynamic, 7, 4}), (Shape{7, kDynamic, 4}));
  EXPECT_TRUE(is_natural(permuted(swapped, std::vector<std::int64_t>{1, 0, 2})));
  EXPECT_EQ(order_of(swapped), (std::vector<std::int64_t>{1, 0, 2}));
}

// The heads of torch.nn.MultiheadAttention: [words, batch, width] to [words, batch * heads, features].
TEST(ImportArrangement, JoinsTheBatchWithPartsOfAnotherDimension) {
  const Arrangement words_first = {{1}, {0}, {2}};
  const PerTrial<Shape> target = {Shape{7, kB0 * 3, 4}, Shape{7, kB1 * 3, 4}};
  const auto heads = regrouped(words_first, with_batch({kDynamic, 7, 12}), target);
  ASSERT_TRUE(heads.has_value());
  EXPECT_EQ(heads->arrangement, (Arrangement{{1}, {0, 2}, {3}}));
  EXPECT_EQ(heads->stored, with_batch({kDynamic, 7, 3, 4}));
  const auto apart = regrouped(permuted(heads->arrangement, std::vector<std::int64_t>{1, 0, 2}), heads->stored,
                               with_batch({kDynamic, 3, 7, 4}));
  ASSERT_TRUE(apart.has_value());
  EXPECT_EQ(apart->arrangement, (Arrangement{{0}, {2}, {1}, {3}}));
}

TEST(ImportArrangement, AddsAndDropsDimensionsOfOne) {
  const auto more = regrouped({{1}, {0}}, with_batch({kDynamic, 5}), with_batch({1, 5, 1, kDynamic}));
  ASSERT_TRUE(more.has_value());
  EXPECT_EQ(more->arrangement, (Arrangement{{}, {1}, {}, {0}}));
  EXPECT_EQ(arranged_shape(more->arrangement, {kDynamic, 5}), (Shape{1, 5, 1, kDynamic}));
  const auto fewer = regrouped({{2}, {0}, {1}}, with_batch({kDynamic, 1, 5}), with_batch({5, kDynamic}));
  ASSERT_TRUE(fewer.has_value());
  EXPECT_EQ(fewer->arrangement, (Arrangement{{2}, {0, 1}}));
}

TEST(ImportArrangement, RefusesToCutTheBatch) {
  const PerTrial<Shape> halves = {Shape{2, 241, 5}, Shape{2, 251, 5}};
  EXPECT_FALSE(regrouped({{0}, {1}}, with_batch({kDynamic, 10}), halves).has_value());
  EXPECT_FALSE(regrouped({{1}, {0}}, with_batch({kDynamic, 10}), with_batch({3, kDynamic, 3})).has_value());
  EXPECT_FALSE(regrouped({{1}, {0}}, with_batch({kDynamic, 10}), with_batch({10})).has_value());
}

TEST(ImportArrangement, TidiesUpBehindTheBatch) {
  // [words * batch, heads * features] of what is stored as [batch, heads, words, features].
  const Tidied tidy = tidied({{2, 0}, {1, 3}}, {kDynamic, 3, 7, 4});
  EXPECT_EQ(tidy.permutation, (std::vector<std::int64_t>{0, 2, 1, 3}));
  EXPECT_EQ(tidy.stored, (Shape{kDynamic, 7, 12}));
  EXPECT_EQ(tidy.arrangement, (Arrangement{{1, 0}, {2}}));
}

TEST(ImportArrangement, DropsADimension) {
  const Arrangement arrangement = {{1}, {2}, {0}, {3}};
  EXPECT_EQ(only_axis(arrangement, 1), 2U);
  EXPECT_EQ(without(arrangement, 0), (Arrangement{{1}, {0}, {2}}));
  EXPECT_FALSE(only_axis({{0, 1}, {}}, 0).has_value());
  EXPECT_FALSE(only_axis({{0, 1}, {}}, 1).has_value());
}

}  // namespace
}  // namespace rheo
