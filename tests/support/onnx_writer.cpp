// SPDX-License-Identifier: Apache-2.0
#include "support/onnx_writer.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace rheo::testing {
namespace {

template <typename T>
std::string little_endian(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

WireWriter typed_attribute(std::string_view name, std::int64_t type) {
  WireWriter attribute;
  attribute.text(1, name).integer(20, type);
  return attribute;
}

WireWriter tensor_head(std::string_view name, std::int32_t type, const std::vector<std::int64_t>& dims) {
  WireWriter tensor;
  for (const std::int64_t size : dims) tensor.integer(1, size);
  tensor.integer(2, type).text(8, name);
  return tensor;
}

}  // namespace

WireWriter& WireWriter::varint(std::uint64_t value) {
  for (; value > 0x7f; value >>= 7) bytes_ += static_cast<char>((value & 0x7f) | 0x80);
  bytes_ += static_cast<char>(value);
  return *this;
}

WireWriter& WireWriter::integer(std::uint32_t number, std::int64_t value) {
  return tag(number, 0).varint(static_cast<std::uint64_t>(value));
}

WireWriter& WireWriter::real(std::uint32_t number, float value) { return tag(number, 5).raw(little_endian(value)); }

WireWriter& WireWriter::wide_real(std::uint32_t number, double value) {
  return tag(number, 1).raw(little_endian(value));
}

WireWriter& WireWriter::text(std::uint32_t number, std::string_view content) {
  return tag(number, 2).varint(content.size()).raw(content);
}

WireWriter& WireWriter::packed(std::uint32_t number, const std::vector<std::int64_t>& values) {
  WireWriter content;
  for (const std::int64_t value : values) content.varint(static_cast<std::uint64_t>(value));
  return text(number, content.bytes());
}

WireWriter& WireWriter::packed_reals(std::uint32_t number, const std::vector<float>& values) {
  return text(number, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

WireWriter& WireWriter::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

WireWriter onnx_tensor(std::string_view name, std::int32_t type, const std::vector<std::int64_t>& dims,
                       std::string_view raw) {
  return tensor_head(name, type, dims).text(9, raw);
}

WireWriter onnx_floats(std::string_view name, const std::vector<std::int64_t>& dims, std::initializer_list<float> of) {
  return onnx_tensor(name, 1, dims, raw_bytes(of));
}

WireWriter onnx_integers(std::string_view name, const std::vector<std::int64_t>& dims,
                         std::initializer_list<std::int64_t> of) {
  return onnx_tensor(name, 7, dims, raw_bytes(of));
}

WireWriter onnx_external(std::string_view name, std::int32_t type, const std::vector<std::int64_t>& dims,
                         const TextPairs& pairs) {
  WireWriter tensor = tensor_head(name, type, dims);
  for (const auto& [key, value] : pairs) tensor.message(13, WireWriter().text(1, key).text(2, value));
  return tensor.integer(14, 1);
}

WireWriter onnx_attribute(std::string_view name, std::int64_t value) {
  return typed_attribute(name, 2).integer(3, value);
}

WireWriter onnx_attribute(std::string_view name, float value) { return typed_attribute(name, 1).real(2, value); }

WireWriter onnx_attribute(std::string_view name, std::string_view value) {
  return typed_attribute(name, 3).text(4, value);
}

WireWriter onnx_attribute(std::string_view name, const std::vector<std::int64_t>& values) {
  WireWriter attribute = typed_attribute(name, 7);
  for (const std::int64_t value : values) attribute.integer(8, value);  // not packed, as exporters write it
  return attribute;
}

WireWriter onnx_attribute(std::string_view name, const std::vector<float>& values) {
  WireWriter attribute = typed_attribute(name, 6);
  for (const float value : values) attribute.real(7, value);
  return attribute;
}

WireWriter onnx_tensor_attribute(std::string_view name, const WireWriter& tensor) {
  return typed_attribute(name, 4).message(5, tensor);
}

WireWriter onnx_graph_attribute(std::string_view name, const OnnxGraph& graph) {
  return typed_attribute(name, 5).message(6, graph);
}

WireWriter onnx_node(std::string_view op, const Names& inputs, const Names& outputs,
                     const std::vector<WireWriter>& attributes, std::string_view domain) {
  WireWriter node;
  for (const std::string& input : inputs) node.text(1, input);
  for (const std::string& output : outputs) node.text(2, output);
  node.text(4, op);
  for (const WireWriter& attribute : attributes) node.message(5, attribute);
  if (!domain.empty()) node.text(7, domain);
  return node;
}

WireWriter onnx_value(std::string_view name, std::int32_t type, const Names& dims) {
  WireWriter shape;
  for (const std::string& dim : dims) {
    const bool is_number = !dim.empty() && std::all_of(dim.begin(), dim.end(), ::isdigit);
    WireWriter dimension;
    if (is_number) dimension.integer(1, std::stoll(dim));
    if (!is_number && !dim.empty()) dimension.text(2, dim);
    shape.message(1, dimension);
  }
  const WireWriter tensor = WireWriter().integer(1, type).message(2, shape);
  return WireWriter().text(1, name).message(2, WireWriter().message(1, tensor));
}

OnnxGraph& OnnxGraph::node(const WireWriter& node) {
  message(1, node);
  return *this;
}

OnnxGraph& OnnxGraph::initializer(const WireWriter& tensor) {
  message(5, tensor);
  return *this;
}

OnnxGraph& OnnxGraph::input(std::string_view name, std::int32_t type, const Names& dims) {
  message(11, onnx_value(name, type, dims));
  return *this;
}

OnnxGraph& OnnxGraph::output(std::string_view name, std::int32_t type, const Names& dims) {
  message(12, onnx_value(name, type, dims));
  return *this;
}

WireWriter onnx_model_message(const OnnxGraph& graph, std::int64_t opset) {
  WireWriter model;
  return model.integer(1, 8).message(8, WireWriter().text(1, "").integer(2, opset)).message(7, graph);
}

std::string onnx_model(const OnnxGraph& graph, std::int64_t opset) { return onnx_model_message(graph, opset).bytes(); }

std::string onnx_sample() {
  using Integers = std::vector<std::int64_t>;
  const OnnxGraph taken = OnnxGraph().node(onnx_node("Add", {"sum", "half"}, {"more"})).output("more");
  const OnnxGraph skipped = OnnxGraph().node(onnx_node("Identity", {"sum"}, {"same"})).output("same");
  OnnxGraph graph;
  graph.text(2, "sample")
      .message(5, onnx_floats("half", {1}, {0.5F}))
      .message(5, onnx_floats("filter", {1, 2, 1, 1}, {1, -1}))
      .message(5, WireWriter().packed(1, {2}).integer(2, 7).packed(7, {-1, 4}).text(8, "target"));
  graph.input("x", 1, {"batch", "2", "3", "3"}).input("choice", 9, {});
  graph
      .node(onnx_node("Conv", {"x", "filter", ""}, {"conv"},
                      {onnx_attribute("pads", Integers{0, 0, 1, 1}), onnx_attribute("auto_pad", "NOTSET")}))
      .node(onnx_node("Reshape", {"conv", "target"}, {"flat"}))
      .node(onnx_node("Constant", {}, {"one"}, {onnx_tensor_attribute("value", onnx_floats("", {}, {1}))}))
      .node(onnx_node("Twice", {"flat"}, {"twice"}, {onnx_attribute("by", 2.0F)}, "local"))
      .node(onnx_node("Add", {"twice", "one"}, {"sum"}))
      .node(onnx_node("If", {"choice"}, {"y"},
                      {onnx_graph_attribute("then_branch", taken), onnx_graph_attribute("else_branch", skipped)}))
      .output("y", 1, {"", "4"});
  const WireWriter by = WireWriter().text(1, "alpha").text(21, "by").integer(20, 1);
  const WireWriter function = WireWriter()
                                  .text(1, "Twice")
                                  .text(10, "local")
                                  .text(4, "a")
                                  .text(5, "b")
                                  .text(6, "by")
                                  .message(7, onnx_node("LeakyRelu", {"a"}, {"b"}, {by}))
                                  .message(9, WireWriter().text(1, "").integer(2, 17));
  return onnx_model_message(graph)
      .text(2, "writer")
      .text(3, "1")
      .message(8, WireWriter().text(1, "local").integer(2, 1))
      .message(14, WireWriter().text(1, "labels").text(2, "cat\ndog"))
      .message(25, function)
      .bytes();
}

}  // namespace rheo::testing
