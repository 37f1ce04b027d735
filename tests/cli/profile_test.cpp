// SPDX-License-Identifier: Apache-2.0
// What ops took, added up, and as a trace that viewers open.
#include "cli/profile.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace rheo {
namespace {

using cli::OpRow;
using cli::Profile;

OpTime took(const char* op, const char* kind, double us, std::int64_t started_ns = 0) {
  OpTime time;
  time.op = op;
  time.kind = kind;
  time.kernel = "k";
  time.started_ns = started_ns;
  time.took_us = us;
  return time;
}

TEST(Profile, AddsUpByOpAndTheSlowestComesFirst) {
  Profile profile;
  profile.begin("a");
  profile.add(took("relu1", "relu", 1));
  profile.add(took("conv1", "conv2d", 30));
  profile.add(took("conv1", "conv2d", 50));
  profile.add(took("conv2", "conv2d", 19));
  const std::vector<OpRow> rows = profile.rows("a");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].op, "conv1");
  EXPECT_EQ(rows[0].runs, 2);
  EXPECT_EQ(rows[0].mean_us(), 40);
  EXPECT_DOUBLE_EQ(rows[0].share, 0.8);
  EXPECT_EQ(rows[2].op, "relu1");
  const std::vector<OpRow> kinds = profile.kinds("a");
  ASSERT_EQ(kinds.size(), 2u);
  EXPECT_EQ(kinds[0].kind, "conv2d");
  EXPECT_EQ(kinds[0].runs, 3);
}

TEST(Profile, PartsAreKeptApart) {
  Profile profile;
  profile.begin("a");
  profile.add(took("x", "relu", 1));
  profile.begin("b");
  profile.add(took("x", "relu", 5));
  EXPECT_EQ(profile.rows("a")[0].total_us, 1);
  EXPECT_EQ(profile.rows("b")[0].total_us, 5);
  EXPECT_TRUE(profile.rows("c").empty());
}

TEST(Profile, OutlivesTheTextsItWasTold) {
  Profile profile;
  {
    const std::string name = "a name that is too long to be kept inside of the string itself";
    OpTime time = took("", "relu", 1);
    time.op = name;
    profile.add(time);
  }
  EXPECT_TRUE(profile.rows("")[0].op.starts_with("a name"));
}

TEST(Profile, TheTraceHasAnEventPerOpWithThreadAndTime) {
  Profile profile;
  profile.begin("final.f32");
  profile.add(took("conv1", "conv2d", 12.5, 5000));
  std::thread([&] { profile.add(took("conv1", "conv2d", 10, 9000)); }).join();
  const nlohmann::json trace = nlohmann::json::parse(profile.chrome_trace());
  const auto& events = trace["traceEvents"];
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["ph"], "M");
  EXPECT_EQ(events[0]["args"]["name"], "final.f32");
  EXPECT_EQ(events[1]["ph"], "X");
  EXPECT_EQ(events[1]["ts"], 0);
  EXPECT_EQ(events[1]["dur"], 12.5);
  EXPECT_EQ(events[2]["ts"], 4);
  EXPECT_NE(events[1]["tid"], events[2]["tid"]);
  EXPECT_EQ(events[2]["args"]["kernel"], "k");
}

}  // namespace
}  // namespace rheo
