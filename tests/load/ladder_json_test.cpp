// SPDX-License-Identifier: Apache-2.0
#include "load/ladder_json.h"

#include <gtest/gtest.h>

#include "load/sample_package.h"

namespace rheo {
namespace {

using testing::sample_package;
using Change = std::pair<std::string_view, std::string_view>;

std::string replaced(std::string text, const Change& change) {
  const std::size_t at = text.find(change.first);
  EXPECT_NE(at, std::string::npos) << change.first << " in " << text;
  return at == std::string::npos ? text : text.replace(at, change.first.size(), change.second);
}

TEST(LadderJson, ReadsBackEveryNumber) {
  const Package package = sample_package();
  const Ladder read = ladder_from_json(ladder_to_json(package.ladder), *package.graph, {}).value();
  EXPECT_EQ(ladder_to_json(read), ladder_to_json(package.ladder));
  EXPECT_EQ(read.profile(PathId{1}).latency_p99_us, 4.1);
  EXPECT_EQ(read.name(PathId{0}), "early.int8");
  EXPECT_EQ(ladder_from_json(R"({"rungs":[]})", *package.graph, {})->size(), 0U);
}

TEST(LadderJson, RefusesWhatCannotBe) {
  const Package package = sample_package();
  for (const Change& change : std::initializer_list<Change>{
           {R"("precision":"int8")", R"("precision":"int9")"},
           {R"("exit":"early")", R"("exit":"final")"},
           {R"("exit_index":0)", R"("exit_index":2)"},
           {R"("exit_index":0)", R"("exit_index":-1)"},
           {R"("agreement":0.875)", R"("agreement":1.5)"},
           {R"("temperature":1.25)", R"("temperature":0)"},
           {R"("latency_us":1.5)", R"("latency_us":-1)"},
           {R"("latency_us":1.5)", R"("latency_us":null)"},
           {R"("batch":8)", R"("batch":1)"},
           {R"("batch":8)", R"("batch":0)"},
           {R"("precision":"f32")", R"("precision":"bf16")"},  // no reference path
           {R"({"rungs":[)", R"({"rungs":[{},)"},
       }) {
    const std::string text = replaced(ladder_to_json(package.ladder), change);
    EXPECT_EQ(ladder_from_json(text, *package.graph, {}).status().code(), StatusCode::bad_format) << change.second;
  }
}

TEST(RangesJson, ReadsBackAndRefuses) {
  const Package package = sample_package();
  const std::string text = ranges_to_json(package.ranges);
  EXPECT_EQ(ranges_from_json(text, *package.graph, {}).value(), package.ranges);
  for (const Change& change : std::initializer_list<Change>{
           {R"("value":"hidden")", R"("value":"nobody")"},
           {R"("value":"hidden")", R"("value":"image")"},  // twice
           {R"("high":1.5)", R"("high":-1.5)"},
           {R"("high":1.5)", R"("high":1e39)"},
       }) {
    EXPECT_EQ(ranges_from_json(replaced(text, change), *package.graph, {}).status().code(), StatusCode::bad_format)
        << change.second;
  }
}

}  // namespace
}  // namespace rheo
