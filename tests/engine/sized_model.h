// SPDX-License-Identifier: Apache-2.0
// A small encoder of sentences whose length is open, as an ONNX file, for the tests of engines with several sizes.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "base/random.h"
#include "support/onnx_writer.h"
#include "support/temporary_folder.h"

namespace rheo::testing {

enum class Masking : std::uint8_t {
  everywhere,
  not_in_attention,  // words look at padding
  not_in_mean,       // the mean counts padding
};

inline WireWriter random_floats(std::string_view name, const std::vector<std::int64_t>& dims, std::uint64_t seed) {
  SplitMix64 random(seed);
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  std::string raw;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto element = static_cast<float>(random.uniform() - 0.5);
    raw.append(reinterpret_cast<const char*>(&element), sizeof element);
  }
  return onnx_tensor(name, 1, dims, raw);
}

// Inputs "ids" (i64) and "mask" (i64), both [batch, sequence]; outputs "hidden" [batch, sequence, 4] and "pooled"
// [batch, 4].
inline std::string sized_model(Masking masking = Masking::everywhere) {
  OnnxGraph graph;
  graph.initializer(random_floats("table", {16, 4}, 1))
      .initializer(random_floats("wide", {4, 96}, 2))
      .initializer(random_floats("narrow", {96, 4}, 3))
      .initializer(onnx_integers("one_axis", {1}, {1}))
      .initializer(onnx_integers("two_axis", {1}, {2}))
      .initializer(onnx_floats("one", {}, {1.0F}))
      .initializer(onnx_floats("far", {}, {-10000.0F}))
      .input("ids", 7, {"batch", "sequence"})
      .input("mask", 7, {"batch", "sequence"})
      .node(onnx_node("Gather", {"table", "ids"}, {"words"}))
      .node(onnx_node("Cast", {"mask"}, {"real"}, {onnx_attribute("to", std::int64_t{1})}))
      .node(onnx_node("Unsqueeze", {"real", "two_axis"}, {"column"}))
      .node(onnx_node("Unsqueeze", {"real", "one_axis"}, {"row"}))
      .node(onnx_node("Sub", {"one", "row"}, {"away"}))
      .node(onnx_node("Mul", {"away", "far"}, {"bias"}))
      .node(onnx_node("Transpose", {"words"}, {"turned"}, {onnx_attribute("perm", std::vector<std::int64_t>{0, 2, 1})}))
      .node(onnx_node("MatMul", {"words", "turned"}, {"raw"}));
  if (masking == Masking::not_in_attention) {
    graph.node(onnx_node("Identity", {"raw"}, {"scores"}));
  } else {
    graph.node(onnx_node("Add", {"raw", "bias"}, {"scores"}));
  }
  graph.node(onnx_node("Softmax", {"scores"}, {"shares"}, {onnx_attribute("axis", std::int64_t{-1})}))
      .node(onnx_node("MatMul", {"shares", "words"}, {"context"}))
      .node(onnx_node("MatMul", {"context", "wide"}, {"inner"}))
      .node(onnx_node("Relu", {"inner"}, {"active"}))
      .node(onnx_node("MatMul", {"active", "narrow"}, {"hidden"}));
  const WireWriter flat = onnx_attribute("keepdims", std::int64_t{0});
  if (masking == Masking::not_in_mean) {
    graph.node(
        onnx_node("ReduceMean", {"hidden"}, {"pooled"}, {onnx_attribute("axes", std::vector<std::int64_t>{1}), flat}));
  } else {
    graph.node(onnx_node("Mul", {"hidden", "column"}, {"kept"}))
        .node(onnx_node("ReduceSum", {"kept", "one_axis"}, {"sum"}, {flat}))
        .node(onnx_node("ReduceSum", {"column", "one_axis"}, {"count"}, {flat}))
        .node(onnx_node("Div", {"sum", "count"}, {"pooled"}));
  }
  graph.output("hidden", 1, {"batch", "sequence", "4"}).output("pooled", 1, {"batch", "4"});
  return onnx_model(graph);
}

// One request of that model.
struct Sentence {
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> mask;
  Shape shape;

  Sentence(std::int64_t batch, std::int64_t length, std::uint64_t seed = 5) : shape{batch, length} {
    SplitMix64 random(seed);
    for (std::int64_t i = 0; i < batch * length; ++i) {
      ids.push_back(static_cast<std::int64_t>(random.next() % 16));
      mask.push_back(i % length == 0 || random.uniform() < 0.8 ? 1 : 0);
    }
  }
  std::vector<NamedInput> inputs() const {
    return {{"ids", TensorView(ids.data(), shape)}, {"mask", TensorView(mask.data(), shape)}};
  }
};

// The file, and engines of it.
class SizedFile {
 public:
  explicit SizedFile(Masking masking = Masking::everywhere) { write(sized_model(masking)); }
  std::string name() const { return folder_.file("encoder.onnx"); }

  Result<Engine> load(LoadOptions options, std::vector<std::int64_t> sizes) const {
    options.sizes["sequence"] = std::move(sizes);
    return Engine::load(name(), options);
  }
  // An engine of one size.
  Engine only(std::int64_t size) const {
    LoadOptions options;
    options.model.dimensions["sequence"] = size;
    return Engine::load(name(), options).value();
  }
  void write(const std::string& bytes) const {
    std::ofstream(name(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  TemporaryFolder folder_;
};

inline std::vector<float> floats_of(const Outcome& outcome, std::size_t output) {
  const auto view = outcome.output(output).as<float>();
  return {view.begin(), view.end()};
}

}  // namespace rheo::testing
