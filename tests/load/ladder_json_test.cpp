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
  const Ladder read = ladder_from_json(ladder_to_json(package.ladder), variants_of(package), {}).value();
  EXPECT_EQ(ladder_to_json(read), ladder_to_json(package.ladder));
  EXPECT_EQ(read.profile(PathId{1}).latency_p99_us, 4.1);
  EXPECT_EQ(read.name(PathId{0}), "early.int8");
  EXPECT_EQ(ladder_from_json(R"({"rungs":[]})", variants_of(package), {})->size(), 0U);
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
           {R"("exit":"early")", R"("exit":"early","variant":"none")"},
           {R"("exit":"early")", R"("exit":"early","variant":"")"},
           {R"("exit":"early")", R"("exit":"early","picture":[4])"},
           {R"("exit":"early")", R"("exit":"early","picture":[0,4])"},
           {R"("exit":"early")", R"("exit":"early","picture":[4,4,4])"},
           {R"("exit":"early")", R"("exit":"early","picture":[4,99999999])"},
           {R"("exit":"early")", R"("exit":"early","picture":"4x4")"},
           {R"("exit":"final")", R"("exit":"final","picture":[4,4])"},  // nor a reference path
       }) {
    const std::string text = replaced(ladder_to_json(package.ladder), change);
    EXPECT_EQ(ladder_from_json(text, variants_of(package), {}).status().code(), StatusCode::bad_format)
        << change.second;
  }
}

TEST(LadderJson, KeepsModelsAndSizes) {
  const Package package = sample_package();
  const Variant variants[] = {{.name = "a", .graph = package.graph}, {.name = "b", .graph = package.graph}};
  const Ladder ladder = Ladder::create({{Path{Precision::mixed, "early", 0, "a", {5, 7}}, {}},
                                        {Path{Precision::f32, "final", 1, "a"}, {}},
                                        {Path{Precision::f32, "final", 1, "b"}, {}}})
                            .value();
  const Ladder read = ladder_from_json(ladder_to_json(ladder), variants, {}).value();
  ASSERT_EQ(read.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    EXPECT_EQ(read.name(id), ladder.name(id));
    EXPECT_TRUE(read.path(id).shares_plan(ladder.path(id)));
  }
  EXPECT_EQ(ladder_from_json(ladder_to_json(ladder), std::span(variants).first(1), {}).status().code(),
            StatusCode::bad_format)
      << "the reference's model is missing";
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
