// SPDX-License-Identifier: Apache-2.0
#include "engine/open_sizes.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

const std::vector<NamedAxis> kAxes = {{"ids", 0, "batch"},  {"ids", 1, "words"},    {"mask", 0, "batch"},
                                      {"mask", 1, "words"}, {"picture", 2, "high"}, {"state", 1, "words"}};

OpenSizes open(LoadOptions options) { return OpenSizes::create(options, kAxes).value(); }

std::string refusal(const LoadOptions& options) {
  const Status status = OpenSizes::create(options, kAxes).status();
  EXPECT_FALSE(status.ok());
  return status.message();
}

TEST(OpenSizes, ListsAllCombinationsTheSmallestFirst) {
  const OpenSizes sizes = open({.sizes = {{"words", {8, 4, 8}}, {"high", {3, 2}}}});
  EXPECT_EQ(sizes.count(), 2U);
  EXPECT_EQ(sizes.listed(), (std::vector<Sizes>{{2, 4}, {2, 8}, {3, 4}, {3, 8}}));
  EXPECT_EQ(sizes.text({2, 8}), "high=2, words=8");
  EXPECT_EQ(sizes.beside({2, 4}, 1), (Sizes{2, 8}));
  EXPECT_EQ(sizes.beside({2, 4}, 0), (Sizes{3, 4}));
  const ModelOptions options = sizes.model_options({.dimensions = {{"other", 5}}}, {2, 8});
  EXPECT_EQ(options.dimensions.size(), 3U);
  EXPECT_EQ(options.dimensions.at("words"), 8);
}

TEST(OpenSizes, HalfOfTheOnlySizeLiesBeside) {
  EXPECT_EQ(open({.sizes = {{"words", {9}}}}).beside({9}, 0), (Sizes{4}));
  EXPECT_EQ(open({.sizes = {{"words", {1}}}}).beside({1}, 0), (Sizes{1}));
}

TEST(OpenSizes, ARequestTellsItsSizesByItsInputs) {
  const OpenSizes sizes = open({.sizes = {{"words", {8, 16}}}});
  const std::int64_t number = 0;
  const auto input = [&](std::string_view name, Shape shape) { return NamedInput{name, TensorView(&number, shape)}; };
  const auto of = [&](std::vector<NamedInput> inputs) { return sizes.of_request(inputs); };
  EXPECT_EQ(of({input("ids", {1, 12}), input("mask", {1, 12})}).value(), (Sizes{12}));
  EXPECT_EQ(of({input("picture", {1, 3, 5}), input("mask", {2, 1})}).value(), (Sizes{1}));
  EXPECT_EQ(of({input("ids", {7})}).value(), (Sizes{8})) << "of another rank: the core says so";
  EXPECT_EQ(of({}).value(), (Sizes{8}));
  for (const std::int64_t size : {0, 17}) EXPECT_FALSE(of({input("ids", {1, size})}).ok());
  EXPECT_FALSE(of({input("ids", {1, 12}), input("mask", {1, 11})}).ok());
}

TEST(OpenSizes, WhatCannotBeListedIsNamed) {
  EXPECT_NE(refusal({.sizes = {{"words", {}}}}).find("'words'"), std::string::npos);
  EXPECT_NE(refusal({.sizes = {{"words", {4, 0}}}}).find("'words'"), std::string::npos);
  EXPECT_NE(refusal({.sizes = {{"batch", {1, 2}}}}).find("LoadOptions::batches"), std::string::npos);
  EXPECT_NE(refusal({.sizes = {{"wide", {1, 2}}}}).find("'high', 'words'"), std::string::npos);
  LoadOptions twice{.sizes = {{"words", {4}}}};
  twice.model.dimensions["words"] = 4;
  EXPECT_NE(refusal(twice).find("model.dimensions"), std::string::npos);
  LoadOptions whole{.sizes = {{"words", {4}}}};
  whole.model.shapes["mask"] = Shape{1, 4};
  EXPECT_NE(refusal(whole).find("model.shapes"), std::string::npos);
  std::vector<std::int64_t> many(OpenSizes::kMaxListed + 1);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i) + 1;
  EXPECT_NE(refusal({.sizes = {{"words", many}}}).find("64"), std::string::npos);
  std::vector<NamedAxis> axes;
  LoadOptions nine;
  for (std::size_t axis = 1; axis <= Shape::kMaxRank + 1; ++axis) {
    axes.push_back({"x", axis, "d" + std::to_string(axis)});
    nine.sizes[axes.back().dimension] = {4};
  }
  const std::string too_many = OpenSizes::create(nine, axes).status().message();
  EXPECT_NE(too_many.find("8 dimensions"), std::string::npos) << too_many;
  nine.sizes.erase("d1");
  EXPECT_EQ(OpenSizes::create(nine, axes).value().listed().size(), 1U);
  LoadOptions bound{.sizes = {{"high", {4}}}};
  bound.model.bound["picture"] = 1;
  EXPECT_NE(refusal(bound).find("'high'"), std::string::npos) << "its only input is none any more";
}

TEST(OpenSizes, TheMaskIsAnInputWithTheDimension) {
  EXPECT_TRUE(OpenSizes::create({.sizes = {{"words", {4, 8}}}, .mask = "mask"}, kAxes).ok());
  EXPECT_NE(refusal({.sizes = {{"words", {4, 8}}}, .mask = "picture"}).find("'picture'"), std::string::npos);
  EXPECT_NE(refusal({.sizes = {{"words", {4}}, {"high", {4}}}, .mask = "mask"}).find("2"), std::string::npos);
}

}  // namespace
}  // namespace rheo
