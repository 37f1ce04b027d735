// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_model.h"

#include <gtest/gtest.h>

#include <fstream>

#include "graph/hash.h"
#include "support/small_classifier.h"
#include "support/zip_writer.h"

namespace rheo {
namespace {

using testing::SmallSample;

TEST(OpenModel, APackageComesAsItWasWritten) {
  const SmallSample sample;
  const Package package = open_model(sample.model(), {}, {}).value();
  EXPECT_EQ(content_hash(*package.graph), content_hash(*testing::small_classifier()));
  EXPECT_EQ(package.ladder.size(), package.graph->exits().size()) << "never adapted: every exit in f32";
}

TEST(OpenModel, APackageKeepsItsWeights) {
  const SmallSample sample;
  const Status status = open_model(sample.model(), {.weights = "new.safetensors"}, {}).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("package"), std::string::npos) << status.message();
}

// Packages, certificates and records are bound to the hash, so it must tell weights apart.
TEST(OpenModel, AModelWithGivenWeightsHasTheirHash) {
  const std::string exports = RHEO_SOURCE_DIR "/tests/golden/exports/";
  const Package joined =
      open_model(exports + "weights_old.pt2", {.weights = exports + "weights_new.safetensors"}, {}).value();
  EXPECT_EQ(joined.model_hash, open_model(exports + "weights_new.pt2", {}, {}).value().model_hash);
  EXPECT_NE(joined.model_hash, open_model(exports + "weights_old.pt2", {}, {}).value().model_hash);
}

TEST(OpenModel, AnImportedModelGetsALadderOfItsExits) {
  const std::string file = RHEO_SOURCE_DIR "/tests/golden/models/residual.scripted.pt";
  const Result<Package> package = open_model(file, {}, {});
  if (package.status().code() == StatusCode::unavailable) GTEST_SKIP() << package.status().message();
  ASSERT_TRUE(package.ok()) << package.status().message();
  const Ladder& ladder = package->ladder;
  ASSERT_EQ(ladder.size(), package->graph->exits().size());
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    EXPECT_EQ(ladder.path(path).precision, Precision::f32);
    EXPECT_EQ(ladder.path(path).exit, package->graph->exits()[i].name);
    if (i > 0) {
      const PathId before{static_cast<std::uint8_t>(i - 1)};
      EXPECT_GT(ladder.profile(path).multiply_adds, ladder.profile(before).multiply_adds);
      EXPECT_GT(ladder.profile(path).latency_us, ladder.profile(before).latency_us);
    }
  }
  EXPECT_FALSE(package->certificate.has_value());
}

TEST(OpenModel, WhatIsNoModelIsAnErrorThatNamesTheFile) {
  const testing::TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  };
  const struct {
    std::string file;
    StatusCode code;
  } cases[] = {
      {folder.file("none.rheo"), StatusCode::not_found},
      {folder.file("none.pt"), StatusCode::not_found},
      {write("text.rheo", "no package at all"), StatusCode::limit_exceeded},  // as a length, these letters are a lie
      {write("empty.rheo", ""), StatusCode::bad_format},
      {write("text.pt", "no archive at all"), StatusCode::bad_format},
      {write("zip.pt", "PK\3\4 and nothing more"), StatusCode::bad_format},
      {write("program.pt", testing::zip_of({{"model/code/model.py", "pass"}})), StatusCode::unavailable},
  };
  for (const auto& [file, code] : cases) {
    const Status status = open_model(file, {.plugin_dir = folder.file("no_plugins")}, {}).status();
    EXPECT_EQ(status.code(), code) << file << ": " << status.message();
    EXPECT_FALSE(status.message().empty());
  }
  const Status missing = open_model(folder.file("program.pt"), {.plugin_dir = folder.file("no_plugins")}, {}).status();
  EXPECT_NE(missing.message().find(folder.file("no_plugins")), std::string::npos) << missing.message();
}

}  // namespace
}  // namespace rheo
