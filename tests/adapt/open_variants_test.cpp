// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_variants.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "load/package.h"
#include "support/sample_graphs.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::Net;

struct Recipe {
  Shape input = {kDynamic, 1, 16, 16};
  std::int64_t classes = 5;
  std::vector<std::string> labels = {};
  Preprocessing preprocessing = {};
};

class OpenVariants : public ::testing::Test {
 protected:
  std::string model(const std::string& name, const Recipe& recipe = {}) const {
    Net net(4);
    const ValueId image =
        net.builder().add_input("image", {DType::f32, recipe.input, {}}, recipe.preprocessing).value();
    const ValueId flat = net.node(OpKind::flatten, {net.node(OpKind::global_avg_pool, {net.conv(image, 4, 3)})});
    net.exit("final", net.linear(flat, recipe.classes));
    net.builder().set_labels(recipe.labels);
    Package package;
    package.graph = net.build();
    const std::string file = folder_.file(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    EXPECT_TRUE(write_package(package, file).ok());
    return file;
  }

  static Result<std::vector<Variant>> opened(std::vector<std::string> files) {
    AdaptOptions options;
    options.smaller_models.assign(files.begin(), files.end() - 1);
    return open_variants(files.back(), options);
  }

  static void expect_refused(std::vector<std::string> files, StatusCode code, const char* words) {
    const Status status = opened(std::move(files)).status();
    EXPECT_EQ(status.code(), code) << status.message();
    EXPECT_NE(status.message().find(words), std::string::npos) << status.message();
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(OpenVariants, OneModelNeedsNoName) {
  const auto variants = opened({model("only.rheo")}).value();
  ASSERT_EQ(variants.size(), 1U);
  EXPECT_EQ(variants[0].name, "");
}

TEST_F(OpenVariants, SeveralAreNamedAfterTheirFiles) {
  const auto variants =
      opened({model("a/net.rheo", {.input = {kDynamic, 1, 12, 12}}), model("b/net.rheo"), model("large.rheo")}).value();
  ASSERT_EQ(variants.size(), 3U);
  EXPECT_EQ(variants[0].name, "net");
  EXPECT_EQ(variants[1].name, "net.2");
  EXPECT_EQ(variants[2].name, "large");
}

TEST_F(OpenVariants, TheSmallModelsPicturesAreMadeOfTheLargeOnes) {
  const std::string large = model("large.rheo");
  EXPECT_TRUE(opened({model("same.rheo"), large}).ok());
  EXPECT_TRUE(opened({model("smaller.rheo", {.input = {kDynamic, 1, 8, 12}}), large}).ok());
  expect_refused({model("bigger.rheo", {.input = {kDynamic, 1, 20, 20}}), large}, StatusCode::invalid_argument,
                 "made of that of the last one");
  expect_refused({model("tiny.rheo", {.input = {kDynamic, 1, 3, 3}}), large}, StatusCode::invalid_argument, "1/4");
  expect_refused({model("coloured.rheo", {.input = {kDynamic, 3, 16, 16}}), large}, StatusCode::invalid_argument,
                 "as many channels");
}

TEST_F(OpenVariants, ClassesMustBeTheSame) {
  const std::string large = model("large.rheo", {.labels = {"a", "b", "c", "d", "e"}});
  EXPECT_TRUE(opened({model("silent.rheo"), large}).ok()) << "one of them names no classes";
  expect_refused({model("ten.rheo", {.classes = 10}), large}, StatusCode::invalid_argument, "knows 10 classes");
  expect_refused({model("other.rheo", {.labels = {"a", "b", "x", "d", "e"}}), large}, StatusCode::invalid_argument,
                 "Class 2 is 'x'");
}

TEST_F(OpenVariants, StoredPicturesMustMeanTheSame) {
  expect_refused({model("bytes.rheo", {.preprocessing = {.scale = 1.0 / 255}}), model("large.rheo")},
                 StatusCode::invalid_argument, "different scales");
}

TEST_F(OpenVariants, EveryOneMustBeAClassifierOfSingleItems) {
  const std::string large = model("large.rheo");
  expect_refused({model("four.rheo", {.input = {4, 1, 16, 16}}), large}, StatusCode::unsupported, "four.rheo");
  expect_refused({model("one.rheo", {.classes = 1}), large}, StatusCode::unsupported, "one.rheo");
  expect_refused({folder_.file("none.rheo"), large}, StatusCode::not_found, "none.rheo");
  expect_refused(std::vector<std::string>(9, large), StatusCode::invalid_argument, "9 models");
}

}  // namespace
}  // namespace rheo
