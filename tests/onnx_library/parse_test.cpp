// SPDX-License-Identifier: Apache-2.0
// What our reader makes of a file equals what ONNX's own library makes of it, for every model and tensor of the
// conformance data (Debian: libonnx-testdata). RHEO_ONNX_TESTDATA names another folder of the same layout.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "load/onnx/element_type.h"
#include "load/onnx/model.h"
#include "support/onnx_writer.h"

namespace rheo::onnx {
namespace {

namespace theirs = ::onnx;

std::filesystem::path data_folder() {
  const char* named = std::getenv("RHEO_ONNX_TESTDATA");
  return named != nullptr ? named : "/usr/share/libonnx-testdata/data";
}

// All files below the folder whose names end with `ending`, always in the same order.
std::vector<std::filesystem::path> files_ending_with(std::string_view ending) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_folder())) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

template <typename List>
std::vector<std::string> texts_of(const List& list) {
  return {list.begin(), list.end()};
}

std::string domain_of(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

// The elements as raw_data would hold them, each as a T.
template <typename T, typename List>
std::string packed(const List& list) {
  std::string bytes;
  for (const auto value : list) {
    const auto element = static_cast<T>(value);
    bytes.append(reinterpret_cast<const char*>(&element), sizeof element);
  }
  return bytes;
}

std::string elements_of(const theirs::TensorProto& tensor) {
  if (!tensor.raw_data().empty()) return tensor.raw_data();
  switch (static_cast<ElementType>(tensor.data_type())) {
    case ElementType::f32: return packed<float>(tensor.float_data());
    case ElementType::f64: return packed<double>(tensor.double_data());
    case ElementType::i64: return packed<std::int64_t>(tensor.int64_data());
    case ElementType::u64: return packed<std::uint64_t>(tensor.uint64_data());
    case ElementType::u32: return packed<std::uint32_t>(tensor.uint64_data());
    case ElementType::i32: return packed<std::int32_t>(tensor.int32_data());
    case ElementType::i16:
    case ElementType::u16:
    case ElementType::f16:
    case ElementType::bf16: return packed<std::uint16_t>(tensor.int32_data());
    default: return packed<std::uint8_t>(tensor.int32_data());
  }
}

void expect_same(const TensorData& ours, const theirs::TensorProto& tensor) {
  EXPECT_EQ(ours.name, tensor.name());
  EXPECT_EQ(static_cast<std::int32_t>(ours.type), tensor.data_type());
  const std::vector<std::int64_t> dims(ours.shape.dims().begin(), ours.shape.dims().end());
  EXPECT_EQ(dims, std::vector<std::int64_t>(tensor.dims().begin(), tensor.dims().end()));
  if (element_bytes(ours.type) == 0) return;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(ours.bytes.data()), ours.bytes.size()), elements_of(tensor));
}

void expect_same(const Graph& ours, const theirs::GraphProto& graph);
void expect_same(const OperatorSet& ours, const theirs::OperatorSetIdProto& set);
void expect_same(const Function& ours, const theirs::FunctionProto& function);
void expect_same(const std::pair<std::string, std::string>& ours, const theirs::StringStringEntryProto& entry);

void expect_same(const Attribute& ours, const theirs::AttributeProto& attribute) {
  SCOPED_TRACE("attribute " + attribute.name());
  EXPECT_EQ(ours.name, attribute.name());
  EXPECT_EQ(ours.parameter, attribute.ref_attr_name());
  constexpr int kLastOfRead = theirs::AttributeProto::STRINGS;
  const int type = attribute.type();
  EXPECT_TRUE(type == 0 || static_cast<int>(ours.kind) == (type <= kLastOfRead ? type : 0)) << type;
  EXPECT_EQ(packed<float>(std::vector{ours.real}), packed<float>(std::vector{attribute.f()}));  // NaN equals itself
  EXPECT_EQ(ours.integer, attribute.i());
  EXPECT_EQ(ours.text, attribute.s());
  EXPECT_EQ(ours.integers, std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end()));
  EXPECT_EQ(ours.texts, texts_of(attribute.strings()));
  EXPECT_EQ(packed<float>(ours.reals), packed<float>(attribute.floats()));
  if (attribute.has_t()) expect_same(ours.tensor, attribute.t());
  ASSERT_EQ(ours.graph != nullptr, attribute.has_g());
  if (ours.graph != nullptr) expect_same(*ours.graph, attribute.g());
}

void expect_same(const Node& ours, const theirs::NodeProto& node) {
  SCOPED_TRACE("node " + node.name() + " " + node.op_type());
  EXPECT_EQ(ours.op, node.op_type());
  EXPECT_EQ(ours.domain, domain_of(node.domain()));
  EXPECT_EQ(ours.name, node.name());
  EXPECT_EQ(ours.inputs, texts_of(node.input()));
  EXPECT_EQ(ours.outputs, texts_of(node.output()));
  ASSERT_EQ(ours.attributes.size(), static_cast<std::size_t>(node.attribute_size()));
  for (int i = 0; i < node.attribute_size(); ++i) {
    expect_same(ours.attributes[static_cast<std::size_t>(i)], node.attribute(i));
  }
}

void expect_same(const ValueInfo& ours, const theirs::ValueInfoProto& value) {
  SCOPED_TRACE("value " + value.name());
  EXPECT_EQ(ours.name, value.name());
  const theirs::TypeProto& type = value.type();
  const bool is_other = type.value_case() != 0 && !type.has_tensor_type();
  ASSERT_EQ(ours.kind == ValueInfo::Kind::other, is_other);
  if (is_other) return;
  EXPECT_EQ(static_cast<std::int32_t>(ours.type), type.tensor_type().elem_type());
  ASSERT_EQ(ours.shape.has_value(), type.tensor_type().has_shape());
  if (!ours.shape) return;
  const auto& dims = type.tensor_type().shape().dim();
  ASSERT_EQ(ours.shape->size(), static_cast<std::size_t>(dims.size()));
  for (int i = 0; i < dims.size(); ++i) {
    const Dimension& dimension = (*ours.shape)[static_cast<std::size_t>(i)];
    EXPECT_EQ(dimension.size.has_value(), dims[i].has_dim_value());
    EXPECT_EQ(dimension.size.value_or(0), dims[i].dim_value());
    EXPECT_EQ(dimension.name, dims[i].dim_param());
  }
}

template <typename Ours, typename Theirs>
void expect_all_same(const std::vector<Ours>& ours, const Theirs& list) {
  ASSERT_EQ(ours.size(), static_cast<std::size_t>(list.size()));
  for (std::size_t i = 0; i < ours.size(); ++i) expect_same(ours[i], list[static_cast<int>(i)]);
}

void expect_same(const Graph& ours, const theirs::GraphProto& graph) {
  SCOPED_TRACE("graph " + graph.name());
  EXPECT_EQ(ours.name, graph.name());
  expect_all_same(ours.nodes, graph.node());
  expect_all_same(ours.initializers, graph.initializer());
  expect_all_same(ours.inputs, graph.input());
  expect_all_same(ours.outputs, graph.output());
}

void expect_same(const OperatorSet& ours, const theirs::OperatorSetIdProto& set) {
  EXPECT_EQ(ours.domain, domain_of(set.domain()));
  EXPECT_EQ(ours.version, set.version());
}

void expect_same(const Function& ours, const theirs::FunctionProto& function) {
  SCOPED_TRACE("function " + function.name());
  EXPECT_EQ(ours.name, function.name());
  EXPECT_EQ(ours.domain, domain_of(function.domain()));
  EXPECT_EQ(ours.inputs, texts_of(function.input()));
  EXPECT_EQ(ours.outputs, texts_of(function.output()));
  EXPECT_EQ(ours.attributes, texts_of(function.attribute()));
  expect_all_same(ours.nodes, function.node());
  expect_all_same(ours.operator_sets, function.opset_import());
}

void expect_same(const std::pair<std::string, std::string>& ours, const theirs::StringStringEntryProto& entry) {
  EXPECT_EQ(ours.first, entry.key());
  EXPECT_EQ(ours.second, entry.value());
}

void expect_same(const Model& ours, const theirs::ModelProto& model) {
  EXPECT_EQ(ours.ir_version, model.ir_version());
  const std::string gap = model.producer_version().empty() ? "" : " ";
  EXPECT_EQ(ours.producer, model.producer_name() + gap + model.producer_version());
  expect_all_same(ours.operator_sets, model.opset_import());
  expect_all_same(ours.metadata, model.metadata_props());
  expect_all_same(ours.functions, model.functions());
  expect_same(ours.graph, model.graph());
}

TEST(OnnxLibrary, ReadsEveryConformanceModelAsWeDo) {
  if (!std::filesystem::exists(data_folder())) GTEST_SKIP() << "no " << data_folder() << "; install libonnx-testdata";
  const auto files = files_ending_with("/model.onnx");
  ASSERT_GT(files.size(), 0U);
  std::size_t nodes = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    theirs::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(content_of(file)));
    const auto ours = read_model(file.string());
    ASSERT_TRUE(ours.ok()) << ours.status().message();
    expect_same(*ours, model);
    nodes += ours->graph.nodes.size();
    if (HasFailure()) return;
  }
  std::printf("%zu models with %zu nodes are the same\n", files.size(), nodes);
}

// Inputs and outputs are bare tensors; those of sequences and optional values are told by the model beside them.
TEST(OnnxLibrary, ReadsEveryConformanceTensorAsWeDo) {
  if (!std::filesystem::exists(data_folder())) GTEST_SKIP() << "no " << data_folder() << "; install libonnx-testdata";
  std::size_t tensors = 0;
  for (const auto& file : files_ending_with("/model.onnx")) {
    const Model model = read_model(file.string()).value();
    const auto compare = [&](const std::vector<ValueInfo>& values, const std::string& what) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto data = file.parent_path() / "test_data_set_0" / (what + "_" + std::to_string(i) + ".pb");
        if (values[i].kind == ValueInfo::Kind::other || !std::filesystem::exists(data)) continue;
        SCOPED_TRACE(data.string());
        const std::string bytes = content_of(data);
        theirs::TensorProto tensor;
        ASSERT_TRUE(tensor.ParseFromString(bytes));
        const auto ours = read_tensor(testing::as_file(bytes), nullptr);
        ASSERT_TRUE(ours.ok()) << ours.status().message();
        expect_same(*ours, tensor);
        ++tensors;
      }
    };
    compare(model.graph.inputs, "input");
    compare(model.graph.outputs, "output");
    if (HasFailure()) return;
  }
  std::printf("%zu tensors are the same\n", tensors);
  EXPECT_GT(tensors, 0U);
}

// The conformance data have no functions, hardly any typed fields and no metadata: our own sample does.
TEST(OnnxLibrary, ReadsTheSampleAsWeDo) {
  const std::string bytes = testing::onnx_sample();
  theirs::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(bytes));
  const auto ours = read_model(testing::as_file(bytes), nullptr);
  ASSERT_TRUE(ours.ok()) << ours.status().message();
  expect_same(*ours, model);
  EXPECT_EQ(ours->functions.size(), 1U);
}

}  // namespace
}  // namespace rheo::onnx
