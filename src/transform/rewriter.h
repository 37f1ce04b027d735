// SPDX-License-Identifier: Apache-2.0
// Makes a new graph out of an old one: every pass and every path transform walks the old nodes in order and either
// copies a node or emits something that stands for it. Nodes that nobody reads any more are left to the pass dead_code,
// or dropped by `finish`.
//
// Names: what stands for an old value carries the old value's name, because ranges and kernel choices refer to it.
// Used by one thread, once.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/graph.h"

namespace rheo {

using GraphPointer = std::shared_ptr<const Graph>;

// Of all constants; those that share their elements count once.
std::size_t constant_bytes(const Graph& graph);

class Rewriter {
 public:
  // How a value of the new graph is made; what a pattern looks at.
  struct Emitted {
    OpKind kind{};
    Attributes attributes;
    std::vector<ValueId> inputs;  // new values
    std::string source;
    // The input at `position`, kNoValue when absent.
    ValueId input(std::size_t position) const { return position < inputs.size() ? inputs[position] : kNoValue; }
  };

  // Adds the inputs of `graph`, which must outlive the rewriter; in types of the caller's own when some are given, one
  // for each.
  static Result<Rewriter> create(const Graph& graph, std::span<const TensorType> input_types = {});

  // The old graph.
  const Graph& graph() const { return *graph_; }
  // True when the old value is that of an exit or an output: it must stay a value of its own, in its type.
  bool is_given_out(ValueId old) const { return is_given_out_[old]; }
  // True when exactly one needed node reads the old value and it is not given out, so that it may be merged into its
  // reader.
  bool used_once(ValueId old) const { return readers_[old] == 1 && !is_given_out_[old]; }

  // The new value that stands for an old one. Constants are carried over on first use.
  Result<ValueId> mapped(ValueId old);
  Result<std::vector<ValueId>> mapped(std::span<const ValueId> old);
  // From now on `value` stands for `old`.
  void stand_in(ValueId old, ValueId value) { map_[old] = value; }

  // Adds a node; `name` must not be taken.
  Result<ValueId> emit(OpKind kind, std::vector<ValueId> inputs, Attributes attributes, std::string name,
                       std::string source);
  // Adds a node that takes the place of `old`: it gets its name and source and stands for its results.
  Status replace(const Node& old, OpKind kind, std::vector<ValueId> inputs, Attributes attributes);
  Status copy(const Node& old);
  // Adds a constant that takes the place of `old`'s result.
  Status replace_with_constant(const Node& old, Tensor tensor, Quantization quantization);
  // Adds a constant under `name`, or a made-up variant of it when that is taken.
  Result<ValueId> add_constant(std::string_view name, Tensor tensor, Quantization quantization = {});

  // False when constants of `bytes` more would make the graph much larger than it was. Whoever gives each reader of
  // shared weights some of its own asks first: a small file can have very many readers.
  bool has_room_for(std::size_t bytes) const { return bytes <= room_bytes_; }

  // Of new values: type, maker (null for inputs and constants), elements (null unless constant), name.
  const TensorType& type(ValueId value) const { return builder_.type_of(value); }
  const Emitted* maker(ValueId value) const;
  const Tensor* constant(ValueId value) const;
  // `name`, or `name` with a number when the old or the new graph has it.
  std::string fresh_name(std::string_view name) const;

  // Adds the exits and outputs, each as the value that stands for the old one, and builds. The rewriter is empty
  // afterwards.
  Result<GraphPointer> finish(Unneeded unneeded = Unneeded::drop);

 private:
  explicit Rewriter(const Graph& graph);
  Result<ValueId> add_constant_named(std::string name, Tensor tensor, Quantization quantization);

  const Graph* graph_;
  GraphBuilder builder_;
  std::vector<int> readers_;         // by old value: how many node inputs read it
  std::vector<bool> is_given_out_;   // by old value
  std::vector<ValueId> map_;         // old value -> new value
  std::set<std::string> old_names_;  // trees: names chosen to collide must not make them slow
  std::set<std::string> new_names_;
  std::unordered_map<ValueId, Emitted> emitted_;
  std::unordered_map<ValueId, Tensor> constants_;
  std::size_t room_bytes_ = 0;  // for constants that the old graph does not have
};

// Walks the nodes of `graph`: where `rule` answers true it has dealt with the node, else the node is copied. Nodes that
// become unneeded stay, behind all stages.
using RewriteRule = Result<bool> (*)(Rewriter& rewriter, const Node& node);
Result<GraphPointer> rewrite(const Graph& graph, RewriteRule rule);

}  // namespace rheo
