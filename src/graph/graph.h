// SPDX-License-Identifier: Apache-2.0
// `Graph`: the model as ops and values, frozen after build, shared read-only between threads. `GraphBuilder` is the
// only mutator: every addition is checked and its type inferred at once, `build` verifies the whole.
//
// Invariants of a built Graph: nodes are in an order in which every input is made before it is used, and sorted by
// stage; every value has one producer (a node, an input or a constant); exits share dtype and item shape. Nodes that
// neither an exit nor an output needs stand behind all stages, in stage stage_count(): they never run, and the pass
// dead_code drops them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "op/op.h"
#include "tensor/tensor_type.h"

namespace rheo {

// Index of a value in its graph. An absent optional input is kNoValue.
using ValueId = std::uint32_t;
inline constexpr ValueId kNoValue = ~ValueId{0};
using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

struct Value {
  std::string name;           // unique in the graph; a node's first output has the node's name
  TensorType type;            // dimension 0 is kDynamic for values with a batch
  NodeId producer = kNoNode;  // kNoNode: graph input or constant
  Tensor constant;            // not empty: a constant
  bool is_constant() const { return !constant.empty(); }
};

struct Node {
  OpKind kind{};
  Attributes attributes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::string name;    // unique, for people: "layer1.0.conv1"
  std::string source;  // where the importer found it, "model.py:41"; may be empty
  int stage = 0;  // first exit that needs it, the last one for what outputs alone need; stage_count() when unneeded
};

// A point where the model can answer. Cheapest first; the last one is the reference answer.
struct Exit {
  std::string name;
  ValueId value = kNoValue;
};

// What the model gives out besides its answer, under its own name, in any type and shape. It can be read when the stage
// that makes it has run: that is the last one, unless an earlier exit needs the value as well (stages.h).
struct GraphOutput {
  std::string name;
  ValueId value = kNoValue;
};

// What an answer is called where several exits may give it; a single exit answers under its own name.
inline constexpr std::string_view kAnswerName = "output";

// How stored data become the input: value = stored * scale + offset.
struct ChannelScale {
  double scale = 1;
  double offset = 0;
  friend bool operator==(const ChannelScale& a, const ChannelScale& b) = default;
};
struct Preprocessing {
  double scale = 1;
  double offset = 0;
  std::vector<ChannelScale> channels = {};  // one per index of dimension 1, instead of the two above; empty: all alike
  // Share in (0,1] of the shorter side that is kept of a picture of another size than the model's: of its middle, which
  // then becomes that size. 0: pictures have the model's size.
  double crop = 0;
  friend bool operator==(const Preprocessing& a, const Preprocessing& b) = default;
};

struct GraphInput {
  std::string name;
  ValueId value = kNoValue;
  Preprocessing preprocessing;
};

class Graph {
 public:
  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_[id]; }
  std::span<const Value> values() const { return values_; }
  const Value& value(ValueId id) const { return values_[id]; }
  std::span<const GraphInput> inputs() const { return inputs_; }
  std::span<const Exit> exits() const { return exits_; }
  std::span<const GraphOutput> outputs() const { return outputs_; }  // besides the exits
  std::span<const std::string> labels() const { return labels_; }
  int stage_count() const { return static_cast<int>(exits_.size()); }
  bool is_needed(const Node& node) const { return node.stage < stage_count(); }

 private:
  friend class GraphBuilder;
  friend struct PlantedFaults;  // tests of verify break a graph through it
  Graph() = default;
  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::vector<GraphInput> inputs_;
  std::vector<Exit> exits_;
  std::vector<GraphOutput> outputs_;
  std::vector<std::string> labels_;
};

// What becomes of nodes that neither an exit nor an output needs.
enum class Unneeded : std::uint8_t { drop, keep };

class GraphBuilder {
 public:
  GraphBuilder();
  ~GraphBuilder();
  GraphBuilder(GraphBuilder&&) noexcept;
  GraphBuilder& operator=(GraphBuilder&&) noexcept;

  Result<ValueId> add_input(std::string name, TensorType type, Preprocessing preprocessing = {});
  // Shares the tensor's elements. Empty names are made up.
  Result<ValueId> add_constant(std::string name, Tensor tensor, Quantization quantization = {});
  // Returns the node's first output; those of outputs_of follow it as ids. Absent inputs at the end are left out. Types
  // are inferred; a misfit names the node, its source and the shapes.
  Result<ValueId> add_node(OpKind kind, std::span<const ValueId> inputs, Attributes attributes = {},
                           std::string name = {}, std::string source = {});
  Result<ValueId> add_node(OpKind kind, std::initializer_list<ValueId> inputs, Attributes attributes = {},
                           std::string name = {}) {
    return add_node(kind, std::span<const ValueId>(inputs.begin(), inputs.size()), std::move(attributes),
                    std::move(name));
  }
  // In order, cheapest first.
  Status add_exit(std::string name, ValueId value);
  // Names of exits and outputs differ. At most kMaxOutputs.
  Status add_output(std::string name, ValueId value);
  void set_labels(std::vector<std::string> labels);
  const TensorType& type_of(ValueId value) const;
  const std::string& value_name(ValueId value) const;
  // The same graph, whose only input is made of stored data in another way.
  static Result<std::shared_ptr<const Graph>> with_preprocessing(const Graph& graph, Preprocessing preprocessing);
  // All outputs of the node that makes `value`; empty for an input or a constant.
  std::span<const ValueId> outputs_of(ValueId value) const;

  // Sorts by stage, verifies. Constants that no node reads are dropped. The builder is empty afterwards.
  Result<std::shared_ptr<const Graph>> build(Unneeded unneeded = Unneeded::drop);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Everything the class comment promises, checked again from scratch; run after every pass.
Status verify(const Graph& graph);

// Types of all values for concrete input shapes (a batch size put in for kDynamic). One TensorType per ValueId.
Result<std::vector<TensorType>> concrete_types(const Graph& graph, std::span<const Shape> input_shapes);
// The same for batch size `batch` in dimension 0 of every input.
Result<std::vector<TensorType>> concrete_types(const Graph& graph, std::int64_t batch);

// What the model gives out: the values of all exits, then those of all outputs.
struct GivenOut {
  ValueId value = kNoValue;
  int stage = 0;  // after which it can be read
};
std::vector<GivenOut> given_out(const Graph& graph);

// True when dimension 0 of every input, exit and output is open, so that several items can run at once. A model that
// was exported with a fixed batch is not like that.
bool has_open_batch(const Graph& graph);
// True when dimension 0 of every input, exit and output counts items: it is open, or 1. Otherwise (a state of [layers,
// batch, features], a scalar) a request is one item, whose tensors have the model's own shapes.
bool counts_items(const Graph& graph);
// True when the exits answer f32 [items, classes] with two classes at least, so that answers have confidences.
bool is_classifier(const Graph& graph);

// Multiply-adds per input (batch 1) of stages 0..stage.
Result<std::int64_t> multiply_adds(const Graph& graph, int stage);

}  // namespace rheo
