// SPDX-License-Identifier: Apache-2.0
// rheo bench: what it sweeps, how long it measures, and what it writes.
#include <set>

#include "cli/command_line.h"

namespace rheo {
namespace {

using BenchCommand = testing::CommandLine;

TEST_F(BenchCommand, GivesARowForEveryPathAndBatch) {
  const Ended ended =
      rheo({"bench", model, "--path", "auto,exit1.f32", "-b", "1,4", "--niter", "5", "--warmup", "1", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json rows = ended.json()["rows"];
  ASSERT_EQ(rows.size(), 4u);
  for (const auto& row : rows) {
    EXPECT_EQ(row["requests"], 5);
    EXPECT_GT(row["min_us"], 0);
    EXPECT_LE(row["min_us"], row["p50_us"]);
    EXPECT_LE(row["p50_us"], row["p99_us"]);
    EXPECT_LE(row["p99_us"], row["p99.9_us"]);
    EXPECT_GT(row["items_per_s"], 0);
  }
  const Ended text = rheo({"bench", model, "--niter", "2", "--data", all});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("auto"), std::string::npos) << text.out;
}

TEST_F(BenchCommand, SweepsThreadsConcurrencyPrecisionsAndPolicies) {
  const Ended ended = rheo({"bench",    "-m",  model,         "--threads", "1,2",
                            "-c",       "1,3", "--precision", "f32,bf16",  "--policy",
                            "auto,off", "-d",  "cpu",         "-r",        "20",
                            "--warmup", "1",   "-o",          "jsonl",     "--allow-uncertified"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  std::set<std::string> paths;
  std::set<std::pair<int, int>> loads;
  const auto lines = testing::lines_of(ended.out);
  EXPECT_EQ(lines.size(), 12u);  // off and f32 are one path
  for (const std::string& line : lines) {
    const auto row = nlohmann::json::parse(line);
    paths.insert(row["path"]);
    loads.emplace(row["threads"], row["concurrency"]);
    EXPECT_GE(row["requests"], 20);
    EXPECT_FALSE(row["model_hash"].get<std::string>().empty());
    EXPECT_NE(row["machine"].get<std::string>().find("others kept"), std::string::npos);
  }
  EXPECT_EQ(paths.size(), 3u);
  EXPECT_EQ(loads.size(), 4u);
}

TEST_F(BenchCommand, MeasuresForADuration) {
  const Ended ended = rheo({"bench", model, "-t", "0.2", "--json", "--percentiles", "50,75"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto row = ended.json()["rows"][0];
  EXPECT_GT(row["requests"], 200);  // as many as fit, not the default
  EXPECT_TRUE(row.contains("p75_us"));
  EXPECT_FALSE(row.contains("p99_us"));
}

TEST_F(BenchCommand, WritesResultsAndTimesToFiles) {
  const std::string out = folder.file("out.csv");
  const std::string times = folder.file("times.csv");
  const Ended ended =
      rheo({"bench", model, "--niter", "3", "-b", "1,2", "-o", "csv", "--out", out, "--export-times", times});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(ended.out.empty()) << ended.out;
  EXPECT_EQ(testing::lines_of(testing::text_of(out)).size(), 3u);
  EXPECT_EQ(testing::lines_of(testing::text_of(times)).size(), 7u);
}

TEST_F(BenchCommand, ProfilesEveryOpAndWritesATrace) {
  const std::string trace = folder.file("profile.json");
  const Ended ended = rheo({"bench", model, "--path", "final.f32", "--niter", "4", "--profile-trace", trace, "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto ops = ended.json()["rows"][0]["ops"];
  ASSERT_GT(ops.size(), 3u);
  double share = 0;
  for (const auto& op : ops) {
    EXPECT_EQ(op["runs"], 4) << op;
    share += op["share"].get<double>();
  }
  EXPECT_NEAR(share, 1, 1e-6);
  std::size_t events = 0;
  const auto written = nlohmann::json::parse(testing::text_of(trace));
  for (const auto& event : written["traceEvents"]) events += event["ph"] == "X" ? 1 : 0;
  EXPECT_EQ(events, ops.size() * 7);  // four runs, and three of a warm-up
  const Ended without = rheo({"bench", model, "--niter", "1", "--json"});
  EXPECT_FALSE(without.json()["rows"][0].contains("ops"));
}

TEST_F(BenchCommand, SaysWithWhatEachNumberWasMeasured) {
  const std::vector<std::string> line = {"bench", model, "--path", "auto,exit1.bf16", "--niter", "1", "--data", all};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), line.begin(), line.end());
    const Ended ended = rheo(more);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended;
  };
  const nlohmann::json json = with({"--json"}).json();
  EXPECT_NE(json["libraries"].get<std::string>().find("oneDNN "), std::string::npos) << json;
  EXPECT_EQ(json["command"], "rheo bench " + model + " --path auto,exit1.bf16 --niter 1 --data " + all + " --json");
  EXPECT_EQ(json["file_hash"].get<std::string>().size(), 32U);
  EXPECT_NE(json["file_hash"], json["model_hash"]);
  EXPECT_EQ(json["rows"][0]["precision"], "f32");  // without a certificate only the reference path runs
  EXPECT_EQ(json["rows"][1]["precision"], "bf16");
  EXPECT_EQ(with({"--json", "--allow-uncertified"}).json()["rows"][0]["precision"], "auto");
  EXPECT_NE(with({}).out.find("file_hash: " + json["file_hash"].get<std::string>()), std::string::npos);
  EXPECT_NE(with({"-o", "csv"}).out.find(json["file_hash"].get<std::string>() + "\n"), std::string::npos);
  const Ended odd = rheo({"bench", model, "--niter", "1", "--max-isa", "avx2", "--seed", "1", "--json",
                          "--export-times", folder.file("it's odd.csv")});
  EXPECT_NE(odd.json()["command"].get<std::string>().find("it'\\''s odd.csv'"), std::string::npos) << odd.out;
}

TEST_F(BenchCommand, AGoalChoosesThreadsAndConcurrency) {
  const auto row = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"bench", model, "--niter", "2", "--json"});
    const Ended ended = rheo(more);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.json()["rows"][0];
  };
  const std::string usable = rheo({"bench", model, "--niter", "1", "--json"}).json()["usable_threads"];
  const auto latency = row({"--goal", "latency"});
  EXPECT_EQ(latency["threads"], std::stoi(usable));
  EXPECT_EQ(latency["concurrency"], 1);
  const auto throughput = row({"--goal", "TPUT"});
  EXPECT_EQ(throughput["threads"], 1);
  EXPECT_EQ(throughput["concurrency"], std::stoi(usable));
  EXPECT_EQ(row({"--goal", "latency", "--threads", "1"})["threads"], 1);
  expect_refused(rheo({"bench", model, "--goal", "energy"}), 2, "--goal");
}

TEST_F(BenchCommand, AListIsOneWordSoTheModelMayFollowIt) {
  EXPECT_EQ(rheo({"bench", "--threads", "1", "-b", "1", "--precision", "f32", model, "--niter", "1"}).code, 0);
}

TEST_F(BenchCommand, RecordsEveryItemThatCountsAndNoWarmup) {
  const std::string trace = folder.file("trace.jsonl");
  const Ended ended =
      rheo({"bench", model, "--data", all, "-b", "2", "--niter", "3", "--warmup", "4", "--record", trace, "--profile"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(testing::lines_of(testing::text_of(trace)).size(), 6u);
}

TEST_F(BenchCommand, WhatItCannotTimeIsRefused) {
  expect_refused(rheo({"bench", model, "--data", all, "-b", "16"}), 1, "at least 16 inputs");
  expect_refused(rheo({"bench", model, "--path", "exit9.f64"}), 1, "exit9.f64");
  expect_refused(rheo({"bench", model, "--precision", "int8"}), 1, "int8");
  expect_refused(rheo({"bench", model, "--precision", "f64"}), 1, "f64");
  expect_refused(rheo({"bench", model, "-c", "2", "--record", folder.file("t.jsonl")}), 1, "--concurrency");
  expect_refused(rheo({"bench", model, "--profile", "-o", "csv"}), 1, "--profile-trace");
  const std::string trace = folder.file("trace.json");
  EXPECT_EQ(rheo({"bench", model, "--niter", "1", "--profile-trace", trace, "-o", "csv"}).code, 0);
  expect_refused(rheo({"bench", model, "-b", "1,-2"}), 2, "--batch: must be a whole number of at least 1, not '-2'.");
  expect_refused(rheo({"bench", model, "-t", "0"}), 2, "--duration: must be a number above 0, not '0'.");
  expect_refused(rheo({"bench", model, "--niter", "0"}), 2, "--niter");
  expect_refused(rheo({"bench", model, "-d", "npu"}), 2, "--device");
  expect_refused(rheo({"bench", model, "-o", "xml"}), 2, "--format");
  expect_refused(rheo({"bench", model, "--percentiles", "101"}), 2, "--percentiles");
}

TEST_F(BenchCommand, TimesModelsOfWholeNumbersAndOfOneItem) {
  Package encoder;
  encoder.graph = testing::encoder_graph();
  ASSERT_TRUE(write_package(encoder, model).ok());
  const Ended ended = rheo({"bench", model, "-b", "1,4", "--niter", "3", "--warmup", "1", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.json()["rows"].size(), 2u);
  expect_refused(rheo({"bench", model, "--data", all}), 1, "the model takes i64");
  testing::Net net;
  net.exit("final", net.node(OpKind::relu, {net.input({3, 5})}));
  encoder.graph = net.build();
  ASSERT_TRUE(write_package(encoder, model).ok());
  const Ended alone = rheo({"bench", model, "--niter", "3", "--json"});
  EXPECT_EQ(alone.code, 0) << alone.err;
}

}  // namespace
}  // namespace rheo
