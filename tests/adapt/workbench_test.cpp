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
  EXPECT_FALSE(bench.reference().ranges.empty());
}

TEST(Workbench, TheTableSaysWhatThePathsCompute) {
  const Workbench& bench = small_workbench();
  for (const int item : {0, 299, 599}) {
    Tensor input;
    ASSERT_TRUE(bench.data.read_item(item, input).ok());
    const auto exits = testing::interpret_exits(*bench.reference().graph, std::span(&input, 1)).value();
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

// [batch, 64] -> `exits` linear layers one after the other, as a package that was never adapted.
Package chain_of_exits(std::int64_t batch, int exits, std::int64_t classes = 5) {
  testing::Net net(3);
  ValueId x = net.input({batch, 64}, "x");
  for (int exit = 0; exit < exits; ++exit) {
    x = net.linear(x, classes, "layer" + std::to_string(exit));
    net.exit("exit" + std::to_string(exit), x);
  }
  Package package;
  package.graph = net.build();
  return package;
}

class OpenWorkbench : public ::testing::Test {
 protected:
  Status refused(const Package& package, const AdaptOptions& options = small_options()) const {
    const std::string file = sample_.folder().file("other.rheo");
    if (Status written = write_package(package, file); !written.ok()) return written;
    return open_workbench(file, sample_.images(), "", options).status();
  }
  void give(std::int64_t count) const { testing::write_idx(sample_.images(), testing::small_data(count, 1).images); }

  const SmallSample sample_{100};
};

void expect_says(const Status& status, StatusCode code, const char* words) {
  EXPECT_EQ(status.code(), code) << status.message();
  EXPECT_NE(status.message().find(words), std::string::npos) << status.message();
}

TEST_F(OpenWorkbench, RefusesTwoInputs) {
  testing::Net net;
  const ValueId a = net.input({kDynamic, 64}, "a");
  const ValueId b = net.input({kDynamic, 64}, "b");
  net.exit("final", net.node(OpKind::add, {a, b}));
  Package package;
  package.graph = net.build();
  expect_says(refused(package), StatusCode::unsupported, "2 inputs");
}

TEST_F(OpenWorkbench, RefusesAnswersThatAreNoClasses) {
  testing::Net net;
  net.exit("final", net.conv(net.input({kDynamic, 1, 8, 8}), 5, 3));  // 5 maps, of which the first would be taken
  Package maps;
  maps.graph = net.build();
  expect_says(refused(maps), StatusCode::unsupported, "[batch, classes]");
  expect_says(refused(chain_of_exits(kDynamic, 1, 1)), StatusCode::unsupported, "at least two classes");
}

TEST_F(OpenWorkbench, WhatIsNoClassifierIsToldThatItMustNameItsLoss) {
  Package encoder;
  encoder.graph = testing::encoder_graph();
  expect_says(refused(encoder), StatusCode::unsupported, "name its loss");
  testing::Net net;
  const ValueId x = net.node(OpKind::relu, {net.input({kDynamic, 64})});
  net.exit("final", net.node(OpKind::cast, {x}, {{"dtype", std::string("i64")}}));
  Package whole;
  whole.graph = net.build();
  expect_says(refused(whole), StatusCode::unsupported, "answers i64 [?, 64]");
}

TEST_F(OpenWorkbench, RefusesAnOutputOfSeveralItemsAtOnce) {
  testing::Net net;
  net.exit("final", net.linear(net.input({kDynamic, 64}, "x"), 5));
  net.output("table", net.node(OpKind::relu, {net.constant({3, 2})}, {}, "table"));
  Package package;
  package.graph = net.build();
  expect_says(refused(package), StatusCode::unsupported, "'table' has the shape [3, 2]");
}

TEST_F(OpenWorkbench, RefusesMorePathsThanALadderHolds) {
  expect_says(refused(chain_of_exits(kDynamic, 11)), StatusCode::limit_exceeded, "33 paths");
  AdaptOptions two = small_options();
  two.precisions = {Precision::bf16};
  EXPECT_EQ(refused(chain_of_exits(kDynamic, 11), two).code(), StatusCode::invalid_argument);  // only the data is unfit
}

TEST_F(OpenWorkbench, RefusesAModelOfSeveralItemsAtOnce) {
  expect_says(refused(chain_of_exits(4, 2)), StatusCode::unsupported, "one item at a time");
}

TEST_F(OpenWorkbench, SaysHowManyInputsAreNeeded) {
  AdaptOptions plain = small_options();
  plain.use_estimator = false;
  for (const std::int64_t count : {1, 7, 15, 99}) {
    give(count);
    const auto opened = [&](const AdaptOptions& options) {
      return open_workbench(sample_.model(), sample_.images(), "", options).status();
    };
    expect_says(opened(small_options()), StatusCode::invalid_argument, "at least 100");
    if (count < 16) expect_says(opened(plain), StatusCode::invalid_argument, "at least 16");
  }
  give(100);
  EXPECT_TRUE(open_workbench(sample_.model(), sample_.images(), "", small_options()).ok());
}

TEST(Workbench, AModelOfOneItemHasNoLatencyOfABatch) {
  const SmallSample sample(100);
  testing::Net net(3);
  const ValueId image = net.input({1, 1, 8, 8}, "image");
  const ValueId flat = net.node(OpKind::flatten, {image}, {{"start", 1}, {"end", -1}});
  net.exit("early", net.linear(flat, 5, "early"));
  net.exit("final", net.linear(net.node(OpKind::relu, {net.linear(flat, 9, "wide")}), 5, "final"));
  Package package;
  package.graph = net.build();
  ASSERT_TRUE(write_package(package, sample.folder().file("one.rheo")).ok());
  const Result<Workbench> bench =
      make_workbench(sample.folder().file("one.rheo"), sample.images(), "", small_options());
  ASSERT_TRUE(bench.ok()) << bench.status().message();
  for (std::size_t i = 0; i < bench->ladder.size(); ++i) {
    const PathProfile& profile = bench->ladder.profile(PathId{static_cast<std::uint8_t>(i)});
    ASSERT_EQ(profile.batches.size(), 1U);
    EXPECT_EQ(profile.batches[0].batch, 1);
  }
}

}  // namespace
}  // namespace rheo
