// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of the ONNX fuzzer into the folder that is named: valid models and tensors, and near misses that
// readers of such files have got wrong.
#include <cstdio>
#include <string>

#include "support/onnx_writer.h"

namespace {

using namespace rheo::testing;

bool write(const std::string& file, const std::string& bytes) {
  std::FILE* stream = std::fopen(file.c_str(), "wb");
  if (stream == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  return std::fclose(stream) == 0 && written;
}

std::string with_initializer(const WireWriter& tensor) {
  OnnxGraph graph;
  graph.initializer(tensor).output("w");
  return onnx_model(graph);
}

// A tensor whose elements lie in a field of numbers.
WireWriter typed(std::int32_t type, std::uint32_t field, const std::vector<std::int64_t>& numbers) {
  return WireWriter()
      .integer(1, static_cast<std::int64_t>(numbers.size()))
      .integer(2, type)
      .text(8, "w")
      .packed(field, numbers);
}

// Bodies in bodies, each of which uses a value from far outside.
std::string nested(int depth) {
  OnnxGraph graph;
  graph.node(onnx_node("Identity", {"x"}, {"y"})).output("y");
  for (int i = 1; i < depth; ++i) {
    OnnxGraph outer;
    outer.node(onnx_node("Loop", {"", ""}, {"y"}, {onnx_graph_attribute("body", graph)})).output("y");
    graph = outer;
  }
  graph.input("x", 1, {"n"});
  return onnx_model(graph);
}

// Functions that call each other, with parameters that are handed on; in a circle where `last_calls` is the first.
std::string functions(std::string_view last_calls) {
  const auto parameter = [](std::string_view name, std::string_view of) {
    return WireWriter().text(1, name).text(21, of).integer(20, 1);
  };
  const auto function = [](std::string_view name, const WireWriter& node) {
    return WireWriter().text(1, name).text(10, "own").text(4, "a").text(5, "b").text(6, "by").message(7, node);
  };
  OnnxGraph graph;
  graph.input("x", 1, {"n", "2"});
  graph.node(onnx_node("First", {"x"}, {"y"}, {onnx_attribute("by", 0.5F)}, "own")).output("y");
  const std::string_view domain = last_calls == "LeakyRelu" ? "" : "own";
  return onnx_model_message(graph)
      .message(8, WireWriter().text(1, "own").integer(2, 1))
      .message(25, function("First", onnx_node("Second", {"a"}, {"b"}, {parameter("by", "by")}, "own")))
      .message(25, function("Second", onnx_node(last_calls, {"a"}, {"b"}, {parameter("alpha", "by")}, domain)))
      .bytes();
}

// Functions that each call the one before twice; the first adds a constant of f64, which is copied to become f32.
std::string doubling(int functions) {
  const auto function = [](const std::string& name) {
    return WireWriter().text(1, name).text(10, "own").text(4, "a").text(5, "b");
  };
  OnnxGraph graph;
  graph.input("x", 1, {"n", "2"});
  graph.node(onnx_node("F" + std::to_string(functions), {"x"}, {"y"}, {}, "own")).output("y");
  WireWriter model = onnx_model_message(graph).message(8, WireWriter().text(1, "own").integer(2, 1));
  const WireWriter constant = onnx_tensor_attribute("value", onnx_tensor("c", 11, {2}, raw_bytes({1.0, 2.0})));
  model.message(25, function("F0")
                        .message(7, onnx_node("Constant", {}, {"c"}, {constant}))
                        .message(7, onnx_node("Add", {"a", "c"}, {"b"})));
  for (int i = 1; i <= functions; ++i) {
    const std::string before = "F" + std::to_string(i - 1);
    model.message(25, function("F" + std::to_string(i))
                          .message(7, onnx_node(before, {"a"}, {"m"}, {}, "own"))
                          .message(7, onnx_node(before, {"m"}, {"b"}, {}, "own")));
  }
  return model.bytes();
}

// What a few numbers make is large, and what is made of that takes minutes of a processor.
std::string long_product() {
  OnnxGraph graph;
  graph.initializer(onnx_integers("size", {2}, {512, 512}))
      .input("x", 1, {"512", "512"})
      .node(onnx_node("ConstantOfShape", {"size"}, {"c"}))
      .node(onnx_node("MatMul", {"c", "c"}, {"d"}))
      .node(onnx_node("Add", {"x", "d"}, {"y"}))
      .output("y");
  return onnx_model(graph);
}

// Many names for one weight.
std::string aliases() {
  OnnxGraph graph;
  graph.initializer(onnx_floats("w", {2}, {1, 2})).input("x", 1, {"n", "2"});
  std::string sum = "x";
  for (int i = 0; i < 4; ++i) {
    const std::string alias = "w" + std::to_string(i);
    const std::string next = "y" + std::to_string(i);
    graph.node(onnx_node("Identity", {"w"}, {alias})).node(onnx_node("Add", {sum, alias}, {next}));
    sum = next;
  }
  return onnx_model(graph.output(sum));
}

// Elements of raw_data: a ramp around zero.
WireWriter ramp(std::string_view name, const std::vector<std::int64_t>& dims) {
  std::size_t elements = 1;
  for (const std::int64_t dim : dims) elements *= static_cast<std::size_t>(dim);
  std::string raw;
  for (std::size_t i = 0; i < elements; ++i) {
    raw += raw_bytes({(static_cast<float>(i % 7) - 3.0F) / static_cast<float>(elements)});
  }
  return onnx_tensor(name, 1, dims, raw);
}

// Pictures through layers that are joined, then rows through attention as exporters spell it out.
std::string network() {
  OnnxGraph graph;
  graph.initializer(ramp("k1", {4, 2, 3, 3})).initializer(ramp("k2", {4, 1, 3, 3})).initializer(ramp("w", {4, 4}));
  graph.initializer(onnx_integers("rows", {3}, {0, 4, 16})).initializer(onnx_floats("scale", {}, {0.5F}));
  const std::vector<std::int64_t> around = {1, 1, 1, 1};
  graph.input("image", 1, {"n", "2", "8", "8"})
      .node(onnx_node("Conv", {"image", "k1"}, {"a"}, {onnx_attribute("pads", around)}))
      .node(onnx_node("Relu", {"a"}, {"b"}))
      .node(onnx_node("Conv", {"b", "k2"}, {"c"},
                      {onnx_attribute("pads", around), onnx_attribute("group", std::int64_t{4})}))
      .node(onnx_node("Add", {"b", "c"}, {"d"}))
      .node(onnx_node("MaxPool", {"d"}, {"e"},
                      {onnx_attribute("kernel_shape", std::vector<std::int64_t>{2, 2}),
                       onnx_attribute("strides", std::vector<std::int64_t>{2, 2})}))
      .node(onnx_node("Reshape", {"e", "rows"}, {"r"}))
      .node(onnx_node("Transpose", {"r"}, {"t"}, {onnx_attribute("perm", std::vector<std::int64_t>{0, 2, 1})}))
      .node(onnx_node("MatMul", {"t", "w"}, {"q"}))
      .node(onnx_node("MatMul", {"q", "r"}, {"s"}))
      .node(onnx_node("Mul", {"s", "scale"}, {"u"}))
      .node(onnx_node("Softmax", {"u"}, {"p"}))
      .node(onnx_node("MatMul", {"p", "t"}, {"y"}))
      .output("y");
  return onnx_model(graph);
}

// A state that is carried on, an index that a request brings, and weights of 8 bits.
std::string mixed() {
  OnnxGraph graph;
  graph.initializer(ramp("table", {5, 4})).initializer(ramp("lw", {1, 12, 4})).initializer(ramp("lr", {1, 12, 3}));
  graph.initializer(onnx_tensor("qw", 3, {3, 2}, raw_bytes<std::int8_t>({1, -2, 3, -4, 5, -6})));
  graph.initializer(onnx_floats("s", {}, {0.25F})).initializer(onnx_tensor("z", 2, {}, raw_bytes<std::uint8_t>({128})));
  graph.initializer(onnx_tensor("z8", 3, {}, raw_bytes<std::int8_t>({0})));
  graph.initializer(onnx_integers("first", {1}, {0}));
  graph.input("words", 7, {"2", "1"})
      .node(onnx_node("Gather", {"table", "words"}, {"rows"}))
      .node(onnx_node("LSTM", {"rows", "lw", "lr"}, {"h", "state"}, {onnx_attribute("hidden_size", std::int64_t{3})}))
      .node(onnx_node("Squeeze", {"state", "first"}, {"x"}))
      .node(onnx_node("QuantizeLinear", {"x", "s", "z"}, {"xq"}))
      .node(onnx_node("DequantizeLinear", {"xq", "s", "z"}, {"xd"}))
      .node(onnx_node("DequantizeLinear", {"qw", "s", "z8"}, {"wd"}))
      .node(onnx_node("MatMul", {"xd", "wd"}, {"y"}))
      .output("y");
  return onnx_model(graph);
}

// Texts, sequences and tensors of types that have no elements here.
std::string foreign() {
  OnnxGraph graph;
  graph.initializer(WireWriter().integer(1, 2).integer(2, 8).text(6, "a").text(6, "b").text(8, "t"))
      .initializer(onnx_tensor("q", 22, {3}, "ab"));
  graph.message(11, WireWriter().text(1, "s").message(2, WireWriter().message(4, WireWriter())));
  graph.node(onnx_node("Op", {"t", "q", "s"}, {"w"}, {WireWriter().text(1, "a").integer(20, 11).text(22, "")}, "org.x"))
      .output("w");
  return onnx_model(graph);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  const std::string folder = std::string(argv[1]) + "/";
  const std::int64_t large = (std::int64_t{1} << 31) - 1;
  const bool written =
      write(folder + "sample.onnx", onnx_sample()) && write(folder + "nested.onnx", nested(15)) &&
      write(folder + "too_deep", nested(40)) && write(folder + "foreign.onnx", foreign()) &&
      write(folder + "functions.onnx", functions("LeakyRelu")) && write(folder + "circle", functions("First")) &&
      write(folder + "doubling.onnx", doubling(6)) && write(folder + "long_product", long_product()) &&
      write(folder + "aliases.onnx", aliases()) && write(folder + "network.onnx", network()) &&
      write(folder + "mixed.onnx", mixed()) &&
      write(folder + "beside.onnx",
            with_initializer(onnx_external("w", 1, {2}, {{"location", "tensor.pb"}, {"length", "8"}}))) &&
      write(folder + "tensor.pb", onnx_floats("w", {2, 2}, {1, 2, 3, 4}).bytes()) &&
      write(folder + "bool.onnx", with_initializer(typed(9, 5, {0, 1, 1}))) &&
      write(folder + "f16.onnx", with_initializer(typed(10, 5, {0x3c00, 0x8000}))) &&
      write(folder + "i8.onnx", with_initializer(typed(3, 5, {-128, 127}))) &&
      write(folder + "u64.onnx", with_initializer(typed(13, 11, {-1, 1}))) &&
      write(folder + "external",
            with_initializer(onnx_external("w", 1, {2}, {{"location", "../w"}, {"offset", "-1"}}))) &&
      write(folder + "product_wraps", with_initializer(onnx_tensor("w", 1, {large, large, large, 0}, ""))) &&
      write(folder + "bytes_wrap", with_initializer(onnx_tensor("w", 1, {1 << 30, 1 << 30, 16}, "")));
  return written ? 0 : 1;
}
