// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/external_data.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "load/onnx/model.h"
#include "support/onnx_writer.h"
#include "support/temporary_folder.h"

namespace rheo::onnx {
namespace {

using testing::onnx_external;
using testing::TemporaryFolder;
using testing::TextPairs;

Status write(const std::string& file, std::string_view content) {
  const std::array parts = {std::as_bytes(std::span(content))};
  return write_file_atomically(file, parts);
}

// A folder "inside" with a model and its weights, and a file beside that folder which no model may reach.
class ExternalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(outer_.file("inside/sub"));
    ASSERT_TRUE(write(at("w.bin"), "0123456789abcdef").ok());
    ASSERT_TRUE(write(at("sub/w.bin"), "ABCDEFGH").ok());
    ASSERT_TRUE(write(outer_.file("secret"), "secretsecretsecret").ok());
  }

  std::string at(const std::string& name) const { return outer_.file("inside/" + name); }

  // Reads a model in the folder with one tensor of `elements` f32 whose external_data are `pairs`.
  Result<Model> read(const TextPairs& pairs, std::int64_t elements = 4) const {
    testing::OnnxGraph graph;
    graph.initializer(onnx_external("w", 1, {elements}, pairs)).output("w");
    const Status written = write(at("model.onnx"), testing::onnx_model(graph));
    if (!written.ok()) return written;
    return read_model(at("model.onnx"));
  }

  StatusCode code_for(const std::string& location) const { return read({{"location", location}}).status().code(); }

  // The first bytes of the weights, or the reason why there are none.
  static std::string text_of(const Result<Model>& model) {
    if (!model.ok()) return model.status().message();
    const auto bytes = model->graph.initializers[0].bytes;
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  TemporaryFolder outer_;
};

TEST_F(ExternalDataTest, ReadsFilesInAndBelowTheFolder) {
  EXPECT_EQ(text_of(read({{"location", "w.bin"}})), "0123456789abcdef");
  EXPECT_EQ(text_of(read({{"location", "w.bin"}, {"offset", "8"}, {"length", "8"}}, 2)), "89abcdef");
  EXPECT_EQ(text_of(read({{"offset", "4"}, {"location", "sub/w.bin"}}, 1)), "EFGH");
  EXPECT_EQ(text_of(read({{"location", "w.bin"}, {"offset", "16"}}, 0)), "");
}

TEST_F(ExternalDataTest, KeepsTheWeightsWhenTheModelIsGone) {
  Tensor tensor;
  {
    const Model model = read({{"location", "w.bin"}}).value();
    tensor = to_tensor(model.graph.initializers[0]).value();
  }
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % Tensor::kAlignment, 0U);
  EXPECT_EQ(std::string_view(static_cast<const char*>(tensor.data()), 16), "0123456789abcdef");
}

TEST_F(ExternalDataTest, MapsAFileOnce) {
  const LoadLimits limits;
  ExternalData external(at("model.onnx"), limits);
  ExternalReference reference;
  ASSERT_TRUE(reference.set("location", "w.bin", 1024).ok());
  const FileBytes first = external.bytes(reference, 8).value();
  const FileBytes second = external.bytes(reference, 4).value();
  EXPECT_EQ(first.bytes.data(), second.bytes.data());
}

TEST_F(ExternalDataTest, FindsTheFolderOfAModelWithoutAPath) {
  const std::filesystem::path before = std::filesystem::current_path();
  ASSERT_TRUE(read({{"location", "w.bin"}}).ok());
  std::filesystem::current_path(at(""));
  EXPECT_TRUE(read_model("model.onnx").ok());
  std::filesystem::current_path(before);
}

TEST_F(ExternalDataTest, RefusesLocationsThatLeadOut) {
  for (const char* location :
       {"../secret", "a/../../secret", "sub/../w.bin", "a//..//secret", "/etc/passwd", "//etc/passwd", "./w.bin", ".",
        "..", "sub/", "sub//w.bin", "", "..\\secret", "sub\\w.bin", "C:w.bin", "c:/w.bin", "w.bin\n"}) {
    EXPECT_EQ(code_for(location), StatusCode::bad_format) << location;
  }
  EXPECT_EQ(code_for(std::string("w.bin\0x", 7)), StatusCode::bad_format);
  EXPECT_EQ(code_for(std::string("../secret\0", 10)), StatusCode::bad_format);
  EXPECT_EQ(code_for(std::string(1025, 'a')), StatusCode::limit_exceeded);
  // A name may begin with '#'; nothing behind it is special.
  EXPECT_EQ(code_for("#../secret"), StatusCode::not_found);
  EXPECT_EQ(code_for("#/../secret"), StatusCode::bad_format);
  EXPECT_EQ(code_for("file:///etc/passwd"), StatusCode::bad_format);
}

TEST_F(ExternalDataTest, RefusesSymbolicLinks) {
  std::filesystem::create_symlink(outer_.file("secret"), at("leaf"));
  std::filesystem::create_symlink("w.bin", at("harmless"));
  std::filesystem::create_directory_symlink(outer_.file(""), at("up"));
  std::filesystem::create_directory_symlink("sub", at("beside"));
  for (const char* location : {"leaf", "harmless", "up/secret", "beside/w.bin"}) {
    EXPECT_EQ(code_for(location), StatusCode::bad_format) << location;
  }
}

TEST_F(ExternalDataTest, RefusesHardLinks) {
  std::filesystem::create_hard_link(outer_.file("secret"), at("linked"));
  EXPECT_EQ(code_for("linked"), StatusCode::bad_format);
  std::filesystem::remove(outer_.file("secret"));
  EXPECT_EQ(code_for("linked"), StatusCode::ok);
}

TEST_F(ExternalDataTest, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(code_for("pipe"), StatusCode::bad_format);
  EXPECT_EQ(code_for("sub"), StatusCode::bad_format);
  EXPECT_EQ(code_for("none"), StatusCode::not_found);
  EXPECT_EQ(code_for("w.bin/x"), StatusCode::not_found);
  // A device cannot be made here without rights, but one can be opened from the folder where it is.
  const LoadLimits limits;
  ExternalData devices("/dev/model.onnx", limits);
  ExternalReference zero;
  ASSERT_TRUE(zero.set("location", "zero", 1024).ok());
  EXPECT_EQ(devices.bytes(zero, 4).status().code(), StatusCode::bad_format);
}

TEST_F(ExternalDataTest, RefusesRangesOutsideTheFile) {
  const auto code = [&](const std::string& offset, const std::string& length, std::int64_t elements) {
    return read({{"location", "w.bin"}, {"offset", offset}, {"length", length}}, elements).status().code();
  };
  EXPECT_EQ(code("0", "16", 4), StatusCode::ok);
  EXPECT_EQ(code("1", "16", 4), StatusCode::bad_format);
  EXPECT_EQ(code("17", "0", 0), StatusCode::bad_format);
  EXPECT_EQ(code("0", "20", 5), StatusCode::bad_format);
  EXPECT_EQ(code("0", "12", 4), StatusCode::bad_format);  // the length of another tensor
  EXPECT_EQ(code("0", "18446744073709551615", 4), StatusCode::bad_format);
  for (const char* offset :
       {"18446744073709551615", "18446744073709551600", "18446744073709551608", "9223372036854775808", "4294967296"}) {
    EXPECT_EQ(code(offset, "16", 4), StatusCode::bad_format) << offset;
  }
}

TEST_F(ExternalDataTest, RefusesNumbersThatAreNotDecimal) {
  for (const char* number : {"-1", "+1", " 1", "1 ", "", "0x10", "1e1", "1.0", "18446744073709551616", "1\n", "one"}) {
    EXPECT_EQ(read({{"location", "w.bin"}, {"offset", number}}, 0).status().code(), StatusCode::bad_format) << number;
    EXPECT_EQ(read({{"location", "w.bin"}, {"length", number}}, 0).status().code(), StatusCode::bad_format) << number;
  }
}

TEST_F(ExternalDataTest, IgnoresUnknownKeysAndRefusesRepeatedOnes) {
  EXPECT_TRUE(read({{"location", "w.bin"}, {"checksum", "../x"}, {"__class__", "/etc/passwd"}, {"", ""}}).ok());
  EXPECT_FALSE(read({{"location", "w.bin"}, {"location", "w.bin"}}).ok());
  EXPECT_FALSE(read({{"location", "w.bin"}, {"offset", "0"}, {"offset", "0"}}).ok());
  EXPECT_FALSE(read({{"location", "w.bin"}, {"length", "16"}, {"length", "16"}}).ok());
  EXPECT_EQ(read({}).status().code(), StatusCode::bad_format);  // no location at all
}

TEST_F(ExternalDataTest, RefusesExternalDataEverywhereInAModel) {
  using testing::onnx_model_message;
  using testing::onnx_node;
  using testing::OnnxGraph;
  using testing::WireWriter;
  const WireWriter outside = onnx_external("w", 1, {4}, {{"location", "../secret"}});
  const WireWriter constant = onnx_node("Constant", {}, {"y"}, {testing::onnx_tensor_attribute("value", outside)});
  OnnxGraph in_attribute;
  in_attribute.node(constant).output("y");
  OnnxGraph in_branch;
  in_branch.node(onnx_node("Loop", {}, {"z"}, {testing::onnx_graph_attribute("body", in_attribute)})).output("z");
  OnnxGraph sparse;
  sparse.message(15, WireWriter().message(1, outside).message(2, outside).integer(3, 4));
  const WireWriter function = WireWriter().text(1, "F").text(5, "y").message(7, constant);
  const auto code = [&](const std::string& model) {
    EXPECT_TRUE(write(at("model.onnx"), model).ok());
    return read_model(at("model.onnx")).status().code();
  };
  EXPECT_EQ(code(onnx_model_message(in_attribute).bytes()), StatusCode::bad_format);
  EXPECT_EQ(code(onnx_model_message(in_branch).bytes()), StatusCode::bad_format);
  EXPECT_EQ(code(onnx_model_message(sparse).bytes()), StatusCode::unsupported);
  EXPECT_EQ(code(onnx_model_message(OnnxGraph()).message(25, function).bytes()), StatusCode::bad_format);
}

TEST_F(ExternalDataTest, OpensTheSameFilesByNames) {
  std::filesystem::create_symlink(outer_.file("secret"), at("leaf"));
  std::filesystem::create_directory_symlink(outer_.file(""), at("up"));
  std::filesystem::create_directories(at("a/b"));
  ASSERT_TRUE(write(at("a/b/c"), "deep").ok());
  const Descriptor folder(::open(at("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const auto& open : {open_below, open_below_by_names}) {
    for (const char* location : {"w.bin", "sub/w.bin", "a/b/c"}) {
      EXPECT_GE(open(folder, location).number(), 0) << location;
    }
    for (const char* location : {"leaf", "up/secret", "none", "sub/none", "w.bin/x", "a/none/c"}) {
      EXPECT_LT(open(folder, location).number(), 0) << location;
    }
  }
}

TEST_F(ExternalDataTest, HoldsTheLimitOfAFile) {
  LoadLimits limits;
  limits.file_bytes = 15;
  ExternalData external(at("model.onnx"), limits);
  ExternalReference reference;
  ASSERT_TRUE(reference.set("location", "w.bin", 1024).ok());
  EXPECT_EQ(external.bytes(reference, 4).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx
