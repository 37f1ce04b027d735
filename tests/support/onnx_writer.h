// SPDX-License-Identifier: Apache-2.0
// Small ONNX files for tests, written field by field, so that no binary file is needed and every rule can be broken.
//
//   const auto graph = OnnxGraph()
//                          .input("x", 1, {"batch", "3"})
//                          .node(onnx_node("Relu", {"x"}, {"y"}))
//                          .output("y");
//   const std::string file = onnx_model(graph);
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rheo::testing {

// A message in the protobuf wire format, field after field, in the order of the calls and however often they come.
class WireWriter {
 public:
  WireWriter& varint(std::uint64_t value);  // without a field before it
  WireWriter& tag(std::uint32_t number, unsigned type) { return varint(std::uint64_t{number} << 3 | type); }
  WireWriter& integer(std::uint32_t number, std::int64_t value);
  WireWriter& real(std::uint32_t number, float value);
  WireWriter& wide_real(std::uint32_t number, double value);
  WireWriter& text(std::uint32_t number, std::string_view content);
  WireWriter& message(std::uint32_t number, const WireWriter& content) { return text(number, content.bytes()); }
  WireWriter& packed(std::uint32_t number, const std::vector<std::int64_t>& values);
  WireWriter& packed_reals(std::uint32_t number, const std::vector<float>& values);
  WireWriter& raw(std::string_view bytes);  // whatever it is

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The bytes of elements, as raw_data has them.
template <typename T>
std::string raw_bytes(std::initializer_list<T> elements) {
  return {reinterpret_cast<const char*>(elements.begin()), elements.size() * sizeof(T)};
}
// The same of a file, as readers take it.
inline std::span<const std::byte> as_file(const std::string& bytes) { return std::as_bytes(std::span(bytes)); }

// TensorProto with raw_data; `type` is a number of TensorProto.DataType.
WireWriter onnx_tensor(std::string_view name, std::int32_t type, const std::vector<std::int64_t>& dims,
                       std::string_view raw);
WireWriter onnx_floats(std::string_view name, const std::vector<std::int64_t>& dims, std::initializer_list<float> of);
WireWriter onnx_integers(std::string_view name, const std::vector<std::int64_t>& dims,
                         std::initializer_list<std::int64_t> of);
// TensorProto whose elements lie in another file: pairs of external_data in this order.
using TextPairs = std::vector<std::pair<std::string, std::string>>;
WireWriter onnx_external(std::string_view name, std::int32_t type, const std::vector<std::int64_t>& dims,
                         const TextPairs& pairs);

// AttributeProto of the type that fits the value.
WireWriter onnx_attribute(std::string_view name, std::int64_t value);
WireWriter onnx_attribute(std::string_view name, float value);
WireWriter onnx_attribute(std::string_view name, std::string_view value);
WireWriter onnx_attribute(std::string_view name, const std::vector<std::int64_t>& values);
WireWriter onnx_attribute(std::string_view name, const std::vector<float>& values);
WireWriter onnx_tensor_attribute(std::string_view name, const WireWriter& tensor);

using Names = std::vector<std::string>;
WireWriter onnx_node(std::string_view op, const Names& inputs, const Names& outputs,
                     const std::vector<WireWriter>& attributes = {}, std::string_view domain = {});

// ValueInfoProto of a tensor; a dimension is a number, a name or nothing ("").
WireWriter onnx_value(std::string_view name, std::int32_t type, const Names& dims);

// GraphProto. The parts are written in the order of the calls.
class OnnxGraph : public WireWriter {
 public:
  OnnxGraph& node(const WireWriter& node);
  OnnxGraph& initializer(const WireWriter& tensor);
  OnnxGraph& input(std::string_view name, std::int32_t type, const Names& dims);
  OnnxGraph& output(std::string_view name, std::int32_t type = 1, const Names& dims = {});
};
WireWriter onnx_graph_attribute(std::string_view name, const OnnxGraph& graph);

// ModelProto: IR version, operator set and the graph; what is added to it comes after them.
WireWriter onnx_model_message(const OnnxGraph& graph, std::int64_t opset = 17);
std::string onnx_model(const OnnxGraph& graph, std::int64_t opset = 17);

// A model with every kind of part: convolution, normalisation by constants, a branch, text and list attributes,
// metadata and a function.
std::string onnx_sample();

}  // namespace rheo::testing
