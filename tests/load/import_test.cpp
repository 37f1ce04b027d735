// SPDX-License-Identifier: Apache-2.0
// What import_model says when it cannot import. Real models are imported in tests/golden.
#include "load/import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "support/onnx_writer.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;

std::string zip_like(const TemporaryFolder& folder) {
  std::ofstream(folder.file("model.pt"), std::ios::binary) << "PK\x03\x04 and so on";
  return folder.file("model.pt");
}

TEST(Import, SaysThatTheFileIsMissing) {
  EXPECT_EQ(import_model("/no/such/model.pt").status().code(), StatusCode::not_found);
}

TEST(Import, SaysThatTheFileIsNoModel) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a.pt")) << "hello";
  std::ofstream(folder.file("empty.pt"));
  EXPECT_EQ(import_model(folder.file("a.pt")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(import_model(folder.file("empty.pt")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(import_model(folder.file("")).status().code(), StatusCode::invalid_argument);
}

TEST(Import, SaysWhichPluginFileIsMissing) {
  const TemporaryFolder folder;
  const Status status = import_model(zip_like(folder), {.plugin_dir = folder.file("plugins")}).status();
  EXPECT_EQ(status.code(), StatusCode::unavailable);
  EXPECT_NE(status.message().find(folder.file("plugins") + "/librheo_torch.so"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("RHEO_TORCH"), std::string::npos) << status.message();
}

TEST(Import, SaysThatThePluginCannotBeOpened) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("librheo_torch.so")) << "not a shared object";
  const Status status = import_model(zip_like(folder), {.plugin_dir = folder.file("")}).status();
  EXPECT_EQ(status.code(), StatusCode::unavailable);
  EXPECT_NE(status.message().find("cannot be opened"), std::string::npos) << status.message();
}

TEST(Import, RefusesDeviationsThatNothingCanBeDividedBy) {
  for (const double deviation : {0.0, -1.0, std::nan(""), 1e-320}) {
    const Status status = import_model("/no/such/model.onnx", {.mean = {0.5}, .deviation = {deviation}}).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << deviation;
    EXPECT_NE(status.message().find("deviation"), std::string::npos) << status.message();
  }
  EXPECT_EQ(import_model("/no/such/model.onnx", {.mean = {INFINITY}, .deviation = {1}}).status().code(),
            StatusCode::invalid_argument);
  EXPECT_EQ(import_model("/no/such/model.onnx", {.mean = {0.5, 0.5}, .deviation = {1}}).status().code(),
            StatusCode::invalid_argument);
  EXPECT_EQ(import_model("/no/such/model.onnx", {.mean = {0.5}, .deviation = {1}}).status().code(),
            StatusCode::not_found);
}

TEST(Import, KeepsTheWeightsOfTorchScript) {
  const TemporaryFolder folder;
  const Status status = import_model(zip_like(folder), {.weights = "new.safetensors"}).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find(".pt2"), std::string::npos) << status.message();
}

TEST(Import, KnowsItsFilesByName) {
  EXPECT_TRUE(is_importable("a/b.pt"));
  EXPECT_TRUE(is_importable("b.pth"));
  EXPECT_FALSE(is_importable("b.rheo"));
  EXPECT_FALSE(is_importable("pt"));
}

TEST(ModelFile, IsReadOnceAndImportedInSeveralSizes) {
  const TemporaryFolder folder;
  const auto graph = testing::OnnxGraph()
                         .input("x", 1, {"batch", "length", "3", ""})
                         .input("y", 1, {"batch", "length"})
                         .node(testing::onnx_node("Relu", {"y"}, {"z"}))
                         .output("z");
  std::ofstream(folder.file("m.onnx"), std::ios::binary) << testing::onnx_model(graph);
  const ModelFile file = ModelFile::open(folder.file("m.onnx")).value();
  std::string axes;
  const std::vector<NamedAxis> named = file.named_axes().value();
  for (const NamedAxis& axis : named) {
    axes += axis.input + "[" + std::to_string(axis.axis) + "]=" + axis.dimension + " ";
  }
  EXPECT_EQ(axes, "x[0]=batch x[1]=length y[0]=batch y[1]=length ");
  ModelOptions options{.dimensions = {{"length", 4}}, .shapes = {{"x", {kDynamic, 4, 3, 2}}}};
  EXPECT_EQ(file.import(options).value()->value(0).type.shape, (Shape{kDynamic, 4, 3, 2}));
  options.dimensions["length"] = 6;
  options.shapes["x"] = Shape{kDynamic, 6, 3, 2};
  EXPECT_EQ(file.import(options).value()->value(0).type.shape, (Shape{kDynamic, 6, 3, 2}));
  const Status status = file.import().status();
  EXPECT_NE(status.message().find("m.onnx"), std::string::npos) << status.message();
}

TEST(ModelFile, OfTorchScriptLeavesNothingOpen) {
  const TemporaryFolder folder;
  EXPECT_TRUE(ModelFile::open(zip_like(folder)).value().named_axes().value().empty());
  EXPECT_EQ(ModelFile::open(folder.file("none.onnx")).status().code(), StatusCode::not_found);
}

}  // namespace
}  // namespace rheo
