// SPDX-License-Identifier: Apache-2.0
#include "load/model_format.h"

#include <gtest/gtest.h>

#include <fstream>

#include "load/package.h"
#include "load/sample_package.h"
#include "support/export_sample.h"
#include "support/onnx_writer.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using namespace testing;

FileBytes content_of(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  return {owner, std::as_bytes(std::span(*owner))};
}

std::string package_text() {
  const std::vector<std::byte> bytes = package_bytes(sample_package()).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string onnx_text() {
  return onnx_model(OnnxGraph().input("x", 1, {"batch", "3"}).node(onnx_node("Relu", {"x"}, {"y"})).output("y"));
}

std::string script_text() { return zip_of({{"net/data.pkl", "."}, {"net/code/__torch__.py", "pass"}}); }

TEST(ModelFormat, IsToldByTheContent) {
  EXPECT_EQ(format_of(content_of(package_text())).value(), ModelFormat::package);
  EXPECT_EQ(format_of(content_of(onnx_text())).value(), ModelFormat::onnx);
  EXPECT_EQ(format_of(content_of(zip_of(sample_export()))).value(), ModelFormat::exported);
  EXPECT_EQ(format_of(content_of(script_text())).value(), ModelFormat::torchscript);
  const std::string weights = zip_of({{"net/data.pkl", "."}, {"net/data/0", "1234"}});
  EXPECT_EQ(format_of(content_of(weights)).value(), ModelFormat::exported) << "its reader says what it is";
}

TEST(ModelFormat, OfAFileIsToldByItsContentWhereTheNameDoesNot) {
  const TemporaryFolder folder;
  const auto format = [&](const std::string& name, const std::string& content) {
    std::ofstream(folder.file(name), std::ios::binary) << content;
    return format_of_file(folder.file(name)).value();
  };
  EXPECT_EQ(format("m.ONNX", "anything"), ModelFormat::onnx);
  EXPECT_EQ(format("m.rheo", "anything"), ModelFormat::package);
  EXPECT_EQ(format("m.pt2", "anything"), ModelFormat::exported);
  EXPECT_EQ(format("model", onnx_text()), ModelFormat::onnx);
  EXPECT_EQ(format("vad.jit", script_text()), ModelFormat::torchscript);
  EXPECT_EQ(format("wrong.pt", zip_of(sample_export())), ModelFormat::exported);
  EXPECT_EQ(format("model.safetensors", package_text()), ModelFormat::package);
  EXPECT_EQ(format_of_file(folder.file("none")).status().code(), StatusCode::not_found);
}

TEST(ModelFormat, NamesWhatIsNoModel) {
  const auto refused = [](const std::string& content, StatusCode code, const std::string& word) {
    const Status status = format_of(content_of(content)).status();
    EXPECT_EQ(status.code(), code) << status.message();
    EXPECT_NE(status.message().find(word), std::string::npos) << status.message();
  };
  refused("", StatusCode::bad_format, "empty");
  refused("hello, this is text", StatusCode::bad_format, "no model");
  refused(std::string("\xff\xff\0\0\0\0\0\0{}", 10), StatusCode::bad_format, "no model");
  refused("\x80\x02}q\x00.", StatusCode::unsupported, "pickle");
  refused("PK\x03\x04 and so on", StatusCode::bad_format, "zip");
}

}  // namespace
}  // namespace rheo
