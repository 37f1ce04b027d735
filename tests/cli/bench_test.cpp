// SPDX-License-Identifier: Apache-2.0
// rheo bench: rows of latencies, and what it records.
#include "cli/command_line.h"

namespace rheo {
namespace {

using BenchCommand = testing::CommandLine;

TEST_F(BenchCommand, GivesARowForEveryPathAndBatch) {
  const Ended ended =
      rheo({"bench", model, "--path", "auto,exit1.f32", "-b", "1,4", "--niter", "5", "--warmup", "1", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json rows = ended.json();
  ASSERT_EQ(rows.size(), 4u);
  for (const auto& row : rows) {
    EXPECT_EQ(row["requests"], 5);
    EXPECT_GT(row["min_us"], 0);
    EXPECT_LE(row["min_us"], row["p50_us"]);
    EXPECT_LE(row["p50_us"], row["p99_us"]);
  }
  const Ended text = rheo({"bench", model, "--niter", "2", "--data", all});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("auto"), std::string::npos) << text.out;
}

TEST_F(BenchCommand, RecordsEveryItemThatCountsAndNoWarmup) {
  const std::string trace = folder.file("trace.jsonl");
  const Ended ended =
      rheo({"bench", model, "--data", all, "-b", "2", "--niter", "3", "--warmup", "4", "--record", trace});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(testing::lines_of(testing::text_of(trace)).size(), 6u);
}

TEST_F(BenchCommand, WhatItCannotTimeIsRefused) {
  expect_refused(rheo({"bench", model, "--data", all, "-b", "16"}), 1, "at least 16 inputs");
  expect_refused(rheo({"bench", model, "--path", "exit9.f64"}), 1, "exit9.f64");
  expect_refused(rheo({"bench", model, "-b", "0"}), 2, "--batch");
  expect_refused(rheo({"bench", model, "--niter", "0"}), 2, "--niter");
}

// Tokens that it makes up are 0, which every table has a place for.
TEST_F(BenchCommand, TimesModelsOfWholeNumbersAndOfOneItem) {
  Package encoder;
  encoder.graph = testing::encoder_graph();
  ASSERT_TRUE(write_package(encoder, model).ok());
  const Ended ended = rheo({"bench", model, "-b", "1,4", "--niter", "3", "--warmup", "1", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.json().size(), 2u);
  expect_refused(rheo({"bench", model, "--data", all}), 1, "--data must be i64");
  testing::Net net;
  net.exit("final", net.node(OpKind::relu, {net.input({3, 5})}));
  encoder.graph = net.build();
  ASSERT_TRUE(write_package(encoder, model).ok());
  const Ended alone = rheo({"bench", model, "--niter", "3", "--json"});
  EXPECT_EQ(alone.code, 0) << alone.err;
}

}  // namespace
}  // namespace rheo
