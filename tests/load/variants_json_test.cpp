// SPDX-License-Identifier: Apache-2.0
#include "load/variants_json.h"

#include <gtest/gtest.h>

#include "graph/hash.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

Variant variant(const std::string& name, std::uint64_t seed) {
  Variant made{.name = name, .graph = testing::three_exit_graph(seed)};
  made.ranges["stem.relu"] = {0, static_cast<float>(seed)};
  return made;
}

std::vector<Variant> three() {
  std::vector<Variant> all = {variant("small", 1), variant("middle", 2), variant("large", 3)};
  all[0].mixed = {{"stem.conv", Precision::bf16}, {"fine_down", Precision::f32}};
  all[2].mixed = {{"coarse_up", Precision::bf16}};
  return all;
}

struct Written {
  Sections sections;
  NamedTensors tensors;
};

Written written(const std::vector<Variant>& variants) {
  Written made;
  EXPECT_TRUE(add_variants(variants, made.sections, made.tensors).ok());
  return made;
}

void expect_same(const std::vector<Variant>& read, const std::vector<Variant>& wanted) {
  ASSERT_EQ(read.size(), wanted.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].name, wanted[i].name);
    EXPECT_EQ(content_hash(*read[i].graph), content_hash(*wanted[i].graph)) << i;
    EXPECT_EQ(read[i].ranges, wanted[i].ranges) << i;
    EXPECT_EQ(read[i].mixed, wanted[i].mixed) << i;
  }
}

TEST(VariantsJson, GoThereAndBackAndLeaveNothing) {
  for (const std::vector<Variant>& variants : {three(), {variant("", 5)}, {variant("alone", 5)}}) {
    Written file = written(variants);
    const Result<std::vector<Variant>> read = take_variants(file.sections, file.tensors, {});
    ASSERT_TRUE(read.ok()) << read.status().message();
    expect_same(*read, variants);
    EXPECT_TRUE(file.sections.empty());
    EXPECT_TRUE(file.tensors.empty());
  }
}

// So that a package of one model stays what it always was.
TEST(VariantsJson, OneModelWithoutANameIsWrittenPlainly) {
  const Written file = written({variant("", 5)});
  ASSERT_EQ(file.sections.size(), 2U);
  EXPECT_TRUE(file.sections.contains("graph"));
  EXPECT_TRUE(file.sections.contains("ranges"));
  for (const auto& [name, tensor] : file.tensors) EXPECT_FALSE(name.starts_with("variant.")) << name;
}

TEST(VariantsJson, WhatNoModelUsesIsLeftOver) {
  Written file = written(three());
  file.tensors.emplace("variant.0/stray", testing::random_tensor({2}, 1));
  file.tensors.emplace("stray", testing::random_tensor({2}, 1));
  ASSERT_TRUE(take_variants(file.sections, file.tensors, {}).ok());
  EXPECT_EQ(file.tensors.size(), 2U);
  EXPECT_TRUE(file.tensors.contains("variant.0/stray"));
}

TEST(VariantsJson, SaysWhatIsMissing) {
  for (const char* section : {"graph", "ranges", "graph.0", "ranges.1"}) {
    Written file = written(three());
    file.sections.erase(section);
    const Status status = take_variants(file.sections, file.tensors, {}).status();
    EXPECT_EQ(status.code(), StatusCode::bad_format);
    EXPECT_NE(status.message().find(section), std::string::npos) << status.message();
  }
}

TEST(VariantsJson, HostileNamesGiveSentences) {
  for (const char* names :
       {R"({"names":[]})", R"({"names":["a","a","b"]})", R"({"names":["a",1,"b"]})", R"({"names":["a","","b"]})",
        R"({"names":["a","b","c","d"]})", R"({})", R"([])", "", R"({"names":["a","b"],"more":1})"}) {
    Written file = written(three());
    file.sections["variants"] = names;
    EXPECT_EQ(take_variants(file.sections, file.tensors, {}).status().code(), StatusCode::bad_format) << names;
  }
}

TEST(VariantsJson, ModelsMustAnswerAlike) {
  std::vector<Variant> odd = three();
  testing::Net net;
  const ValueId pooled = net.node(OpKind::global_avg_pool, {net.input({kDynamic, 1, 12, 12})});
  net.exit("final", net.linear(net.node(OpKind::flatten, {pooled}), 7));
  odd[1] = {.name = "seven", .graph = net.build()};
  Written file = written(odd);
  const Status status = take_variants(file.sections, file.tensors, {}).status();
  EXPECT_EQ(status.code(), StatusCode::bad_format);
  EXPECT_NE(status.message().find("'seven' and 'large'"), std::string::npos) << status.message();
}

TEST(VariantsJson, MixedNamesNodesOfTheGraphOnce) {
  const Variant first = three()[0];
  const Graph& graph = *first.graph;
  const NodePrecisions& mixed = first.mixed;
  EXPECT_EQ(mixed_from_json(mixed_to_json(mixed), graph, {}).value(), mixed);
  for (const char* text :
       {R"({"mixed":[{"node":"none","precision":"bf16"}]})", R"({"mixed":[{"node":"stem.conv","precision":"int8"}]})",
        R"({"mixed":[{"node":"stem.conv"}]})", R"({"mixed":{}})", R"({"mixed":["stem.conv"]})", "",
        R"({"mixed":[{"node":"stem.conv","precision":"f32"},{"node":"stem.conv","precision":"f32"}]})"}) {
    EXPECT_EQ(mixed_from_json(text, graph, {}).status().code(), StatusCode::bad_format) << text;
  }
}

}  // namespace
}  // namespace rheo
