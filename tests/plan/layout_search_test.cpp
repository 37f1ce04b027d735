// SPDX-License-Identifier: Apache-2.0
#include "plan/layout_search.h"

#include <gtest/gtest.h>

#include <random>

namespace rheo {
namespace {

constexpr std::size_t kWide = static_cast<std::size_t>(Layout::nhwc);
constexpr std::size_t kBlocked = static_cast<std::size_t>(Layout::nchw16c);
constexpr std::size_t kPlain = static_cast<std::size_t>(Layout::plain);

KernelVariant variant(std::size_t entry, Layout layout, double cost_us) {
  KernelVariant result;
  result.entry = entry;
  result.output = layout;
  result.cost_us[static_cast<std::size_t>(layout)] = cost_us;
  return result;
}

// A call that reads `inputs` and writes value `output`, direct (entry 0, nhwc) or blocked (entry 1, nchw16c).
PricedCall convolution(std::vector<ValueId> inputs, ValueId output, double wide_us, double blocked_us) {
  PricedCall call;
  call.inputs = std::move(inputs);
  call.output = output;
  call.variants = {variant(0, Layout::nhwc, wide_us), variant(1, Layout::nchw16c, blocked_us)};
  return call;
}

// Value 0 is the graph's input; reorders of every value cost the same.
LayoutProblem chain(const std::vector<std::pair<double, double>>& costs_us, double reorder_us) {
  LayoutProblem problem;
  problem.value_count = costs_us.size() + 1;
  for (std::size_t i = 0; i < costs_us.size(); ++i) {
    const auto value = static_cast<ValueId>(i);
    problem.calls.push_back(convolution({value}, value + 1, costs_us[i].first, costs_us[i].second));
  }
  problem.given_out = {{static_cast<ValueId>(costs_us.size()), 0}};
  for (ValueId value = 0; value < problem.value_count; ++value) {
    for (Layout a : {Layout::plain, Layout::nhwc, Layout::nchw16c}) {
      for (Layout b : {Layout::plain, Layout::nhwc, Layout::nchw16c}) {
        if (a != b) problem.reorder_us[{value, a, b}] = reorder_us;
      }
    }
  }
  return problem;
}

double by_trying_everything(const LayoutProblem& problem) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> choice(problem.calls.size(), 0);
  while (true) {
    best = std::min(best, total_us(problem, choice));
    std::size_t digit = 0;
    while (digit < choice.size() && ++choice[digit] == problem.calls[digit].variants.size()) choice[digit++] = 0;
    if (digit == choice.size()) return best;
  }
}

TEST(SearchLayouts, ARunOfFastKernelsPaysForItsReorders) {
  // Alone, none of the three is worth two reorders of 30; together they are.
  const LayoutProblem problem = chain({{100, 200}, {100, 60}, {100, 60}, {100, 60}, {100, 200}}, 30);
  const LayoutAnswer answer = search_layouts(problem);
  EXPECT_EQ(answer.variant, (std::vector<std::size_t>{0, 1, 1, 1, 0}));
  EXPECT_DOUBLE_EQ(answer.total_us, 100 + 3 * 60 + 100 + 4 * 30);
}

TEST(SearchLayouts, OneFastKernelAloneDoesNotPay) {
  const LayoutProblem problem = chain({{100, 200}, {100, 60}, {100, 200}}, 30);
  EXPECT_EQ(search_layouts(problem).variant, (std::vector<std::size_t>{0, 0, 0}));
}

TEST(SearchLayouts, AKernelThatChangesTheLayoutOnTheWaySavesTheReorder) {
  LayoutProblem problem = chain({{100, 200}, {100, 60}, {100, 60}}, 30);
  KernelVariant mixed = variant(2, Layout::nchw16c, 500);
  mixed.cost_us[kBlocked].reset();
  mixed.cost_us[kWide] = 65;
  problem.calls[1].variants.push_back(mixed);
  const LayoutAnswer answer = search_layouts(problem);
  EXPECT_EQ(answer.variant, (std::vector<std::size_t>{0, 2, 1}));
  EXPECT_DOUBLE_EQ(answer.total_us, 30 + 100 + 65 + 60 + 30);
}

TEST(SearchLayouts, AResidualIsReorderedToTheOutputsLayout) {
  LayoutProblem problem = chain({{100, 100}, {100, 20}}, 30);
  problem.calls[1].residuals = {0};
  const std::vector<std::size_t> blocked = {1, 1};
  // Value 0 is needed in nchw16c by both calls, but reordered once.
  EXPECT_DOUBLE_EQ(total_us(problem, blocked), 30 + 100 + 20 + 30);
  const std::vector<std::size_t> split = {0, 1};
  EXPECT_DOUBLE_EQ(total_us(problem, split), 30 + 100 + 30 + 30 + 20 + 30);
}

TEST(SearchLayouts, EachStageMakesItsOwnCopyAndHasItsOwnWeight) {
  LayoutProblem problem = chain({{10, 10}, {10, 10}}, 30);
  problem.calls[1].inputs = {0};
  problem.calls[1].stage = 1;
  problem.given_out = {{1, 0}, {2, 1}};
  problem.stage_weight = {1.0, 0.5};
  const std::vector<std::size_t> wide = {0, 0};
  EXPECT_DOUBLE_EQ(total_us(problem, wide), (30 + 10 + 30) + 0.5 * (30 + 10 + 30));
}

TEST(SearchLayouts, PlainNeighboursOfEqualBytesAreFree) {
  LayoutProblem problem = chain({{10, 5}}, 30);
  problem.reorder_us.clear();
  const LayoutAnswer answer = search_layouts(problem);
  EXPECT_EQ(answer.variant, (std::vector<std::size_t>{1}));
  EXPECT_DOUBLE_EQ(answer.total_us, 5);
}

TEST(SearchLayouts, RandomNetworksWithResidualsComeCloseToTheBest) {
  std::mt19937 random(3);
  const auto cost = [&] { return 10.0 + static_cast<double>(random() % 1000) / 10; };
  double found = 0;
  double best = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::pair<double, double>> costs;
    for (int i = 0; i < 10; ++i) costs.emplace_back(cost(), cost());
    LayoutProblem problem = chain(costs, 5 + static_cast<double>(random() % 40));
    for (std::size_t i = 2; i < 10; ++i) {
      if (random() % 2 == 0) problem.calls[i].residuals = {static_cast<ValueId>(random() % i)};
    }
    const double total = search_layouts(problem).total_us;
    const double least = by_trying_everything(problem);
    EXPECT_LE(total, 1.05 * least) << "round " << round;
    found += total;
    best += least;
  }
  EXPECT_LE(found, 1.005 * best);
}

TEST(TotalUs, AVariantThatCannotReadIsImpossible) {
  LayoutProblem problem = chain({{1, 1}}, 1);
  problem.calls[0].variants[0].cost_us[kWide].reset();
  problem.calls[0].variants[0].cost_us[kPlain].reset();
  const std::vector<std::size_t> wide = {0};
  EXPECT_EQ(total_us(problem, wide), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace rheo
