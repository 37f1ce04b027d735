// SPDX-License-Identifier: Apache-2.0
// What import_model says when it cannot import. Real models are imported in tests/golden.
#include "load/import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "support/export_sample.h"
#include "support/onnx_writer.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;

// The names in it are those of TorchScript, whose content is for the plugin to read.
std::string zip_like(const TemporaryFolder& folder) {
  std::ofstream(folder.file("model.pt"), std::ios::binary)
      << testing::zip_of({{"model/data.pkl", "."}, {"model/code/model.py", "pass"}});
  return folder.file("model.pt");
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

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

TEST(Import, NamesTheFileOnce) {
  const TemporaryFolder folder;
  for (const char* name : {"wrong.onnx", "wrong.pt2"}) {
    std::ofstream(folder.file(name)) << "hello";
    const std::string message = import_model(folder.file(name)).status().message();
    EXPECT_TRUE(message.starts_with(folder.file(name) + ": ")) << message;
    EXPECT_EQ(message.find(name, folder.file(name).size()), std::string::npos) << message;
  }
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

// [1, size] x [size, 1] of two constants, then the largest of its elements.
std::string square_onnx(std::int64_t size) {
  using namespace testing;
  const std::string zeros(static_cast<std::size_t>(size) * sizeof(float), '\0');
  return onnx_model(OnnxGraph()
                        .input("x", 1, {"batch", "1"})
                        .initializer(onnx_tensor("a", 1, {size, 1}, zeros))
                        .initializer(onnx_tensor("b", 1, {1, size}, zeros))
                        .node(onnx_node("MatMul", {"a", "b"}, {"square"}))
                        .node(onnx_node("ReduceMax", {"square"}, {"most"}))
                        .node(onnx_node("Add", {"x", "most"}, {"y"}))
                        .output("y"));
}

TEST(Import, ComputesNoMoreAheadThanTheFileJustifies) {
  const auto import = [](const std::string& model, const ModelOptions& options = {}) {
    return ModelFile::open(bytes_of(model), options).value().import(options).status();
  };
  EXPECT_TRUE(import(square_onnx(2000)).ok());
  const std::string large = square_onnx(5000);  // 100 MB out of 40 kB
  EXPECT_EQ(import(large).code(), StatusCode::limit_exceeded) << import(large).message();
  ModelOptions more;
  more.limits.computed_bytes = std::size_t{1} << 30;
  more.limits.computed_steps = std::size_t{1} << 31;
  EXPECT_TRUE(import(large, more).ok()) << import(large, more).message();
  more.limits.nodes = 2;
  EXPECT_EQ(ModelFile::open(bytes_of(large), more).status().code(), StatusCode::limit_exceeded);
}

TEST(ModelFile, IsReadFromMemoryToo) {
  const std::string onnx = square_onnx(3);
  EXPECT_EQ(ModelFile::open(bytes_of(onnx)).value().import().value()->inputs().size(), 1U);
  const std::string exported = testing::zip_of(testing::sample_export());
  EXPECT_EQ(ModelFile::open(bytes_of(exported)).value().import().value()->inputs().size(), 1U);
  const std::string script = testing::zip_of({{"model/code/model.py", "pass"}});
  EXPECT_EQ(ModelFile::open(bytes_of(script)).status().code(), StatusCode::unsupported);
  EXPECT_EQ(ModelFile::open(bytes_of("no model")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(ModelFile::open(std::span<const std::byte>()).status().code(), StatusCode::bad_format);
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
