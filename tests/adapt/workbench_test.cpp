// SPDX-License-Identifier: Apache-2.0
#include "adapt/workbench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "load/package.h"
#include "support/interpreter.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;
using testing::SmallSample;

TEST(SplitItems, EveryItemIsInOneHalf) {
  for (const int count : {0, 1, 2, 7, 600}) {
    std::vector<int> tuning;
    std::vector<int> certification;
    split_items(count, 42, tuning, certification);
    EXPECT_EQ(tuning.size(), static_cast<std::size_t>((count + 1) / 2));
    std::set<int> all(tuning.begin(), tuning.end());
    all.insert(certification.begin(), certification.end());
    EXPECT_EQ(all.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(tuning.size() + certification.size(), all.size());
  }
}

TEST(SplitItems, TheSeedDecides) {
  std::vector<int> tuning[3];
  std::vector<int> certification[3];
  for (std::size_t i = 0; i < 3; ++i) split_items(600, i == 2 ? 7 : 42, tuning[i], certification[i]);
  EXPECT_EQ(tuning[0], tuning[1]);
  EXPECT_NE(tuning[0], tuning[2]);
  std::vector<int> untouched(300);
  std::iota(untouched.begin(), untouched.end(), 0);
  EXPECT_NE(tuning[0], untouched);  // shuffled
}

TEST(Workbench, HoldsEveryPathOfEveryPrecision) {
  const Workbench& bench = small_workbench();
  ASSERT_EQ(bench.ladder.size(), 9U);
  EXPECT_EQ(bench.ladder.name(bench.ladder.reference()), "final.f32");
  EXPECT_EQ(bench.table.paths(), 9U);
  EXPECT_EQ(bench.table.inputs(), 600U);
  EXPECT_TRUE(bench.table.has_labels());
  EXPECT_EQ(bench.tuning.size(), 300U);
  EXPECT_EQ(bench.certification.size(), 300U);
  for (const char* exit : {"exit1", "exit2", "final"}) {
    for (const char* precision : {"f32", "bf16", "int8"}) {
      EXPECT_TRUE(bench.ladder.find(std::string(exit) + "." + precision).ok()) << exit << precision;
    }
  }
  EXPECT_FALSE(bench.ranges.empty());
}

TEST(Workbench, TheTableSaysWhatThePathsCompute) {
  const Workbench& bench = small_workbench();
  for (const int item : {0, 299, 599}) {
    Tensor input;
    ASSERT_TRUE(bench.data.read_item(item, input).ok());
    const auto exits = testing::interpret_exits(*bench.graph, std::span(&input, 1)).value();
    for (const auto& [name, exit, tolerance] :
         {std::tuple{"exit1.f32", 0, 1e-3}, std::tuple{"exit2.f32", 1, 1e-3}, std::tuple{"final.f32", 2, 1e-3},
          std::tuple{"final.bf16", 2, 0.5}, std::tuple{"final.int8", 2, 1.0}}) {
      const auto logits = bench.table.logits(*bench.ladder.find(name), static_cast<std::size_t>(item));
      const auto expected = exits[static_cast<std::size_t>(exit)].as<float>();
      for (std::size_t c = 0; c < logits.size(); ++c) EXPECT_NEAR(logits[c], expected[c], tolerance) << name;
    }
    EXPECT_EQ(bench.table.label(static_cast<std::size_t>(item)), bench.data.labels[static_cast<std::size_t>(item)]);
  }
}

// The sample is only of use when its exits part on some inputs and agree on most.
TEST(Workbench, TheSampleHasEasyAndHardInputs) {
  const Workbench& bench = small_workbench();
  const auto agreement = [&](const char* name) {
    const PathId path = *bench.ladder.find(name);
    double agreeing = 0;
    for (std::size_t i = 0; i < bench.table.inputs(); ++i) agreeing += bench.table.agrees(path, i) ? 1 : 0;
    return agreeing / static_cast<double>(bench.table.inputs());
  };
  EXPECT_GT(agreement("exit1.f32"), 0.75);
  EXPECT_LT(agreement("exit1.f32"), 0.97);
  EXPECT_GT(agreement("exit2.f32"), agreement("exit1.f32"));
  EXPECT_LT(agreement("exit2.f32"), 1);
}

TEST(Workbench, TheReferencePrecisionIsAlwaysAmongThem) {
  const SmallSample sample(100);
  AdaptOptions options = small_options();
  options.precisions = {Precision::bf16, Precision::bf16};
  const Workbench bench = make_workbench(sample.model(), sample.images(), "", options).value();
  EXPECT_EQ(bench.ladder.size(), 6U);
  EXPECT_TRUE(bench.ladder.find("final.f32").ok());
  EXPECT_FALSE(bench.ladder.find("final.int8").ok());
  EXPECT_FALSE(bench.table.has_labels());
  double before_us = 0;  // cheapest first, but for the reference
  for (std::size_t i = 0; i + 1 < bench.ladder.size(); ++i) {
    const double here_us = bench.ladder.profile(PathId{static_cast<std::uint8_t>(i)}).latency_us;
    EXPECT_GE(here_us, before_us);
    before_us = here_us;
  }
}

TEST(OpenWorkbench, RefusesWhatAdaptCannotTake) {
  const SmallSample sample(40);
  const auto refused = [&](const std::string& model, const std::string& data, AdaptOptions options) {
    return open_workbench(model, data, "", options).status();
  };
  testing::Net net;
  const ValueId a = net.input({kDynamic, 64}, "a");
  const ValueId b = net.input({kDynamic, 64}, "b");
  net.exit("final", net.node(OpKind::add, {a, b}));
  Package two_inputs;
  two_inputs.graph = net.build();
  ASSERT_TRUE(write_package(two_inputs, sample.folder().file("two.rheo")).ok());
  const Status two = refused(sample.folder().file("two.rheo"), sample.images(), small_options());
  EXPECT_EQ(two.code(), StatusCode::unsupported);
  EXPECT_NE(two.message().find("2 inputs"), std::string::npos) << two.message();

  testing::write_idx(sample.images(), testing::small_data(15, 1).images);
  const Status few = refused(sample.model(), sample.images(), small_options());
  EXPECT_EQ(few.code(), StatusCode::invalid_argument);
  EXPECT_NE(few.message().find("at least 16"), std::string::npos) << few.message();
}

}  // namespace
}  // namespace rheo
