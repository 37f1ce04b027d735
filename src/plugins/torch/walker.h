// SPDX-License-Identifier: Apache-2.0
// Visits the nodes of a prepared graph in order and describes each to the host. What depends on no input is computed
// by LibTorch itself; sizes are known from the host's types, the batch size alone stays a symbol.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "plugins/plugin_abi.h"
#include "plugins/torch/torch_headers.h"

namespace rheo::torch_import {

using ValueId = std::uint32_t;

// Stands for the batch size among integers. Comparing or calculating with it is refused.
inline constexpr std::int64_t kBatchSize = INT64_MIN + 1;

// What is known of a value of the TorchScript graph: nothing (an op before it is missing), a value of Rheo's graph, or
// a constant.
using Known = std::variant<std::monostate, ValueId, c10::IValue>;

class Walker {
 public:
  explicit Walker(const RheoImportHost& host) : host_(host) {}

  void bind(const torch::jit::Value* value, Known known) { known_[value] = std::move(known); }
  const Known& known(const torch::jit::Value* value) const;
  // Where a value comes from: through branches that were taken and casts that change nothing.
  const torch::jit::Value* source(const torch::jit::Value* value) const;
  // True when the reason why nothing is known of a value is listed already.
  bool is_listed(const torch::jit::Value* value) const;

  // Walks the whole graph. Throws Failure that lists everything Rheo lacks, each with its place in the source.
  void walk(const std::shared_ptr<torch::jit::Graph>& graph);

  const RheoImportHost& host() const { return host_; }
  // `tensor` as a constant of Rheo's graph; 64-bit floats become 32-bit. `name` is made unique.
  ValueId constant(const at::Tensor& tensor, const std::string& name);
  // The same for what TorchScript value `value` holds, added once however often it is used.
  ValueId constant_of(const torch::jit::Value* value, const at::Tensor& tensor);
  // "layer1.0.conv1.weight": as the module calls it; empty when it has no name.
  std::string name_of(const torch::jit::Value* value) const;
  // A name that no constant and no node has had yet.
  std::string unique(const std::string& name);

 private:
  void walk_block(torch::jit::Block& block);
  void visit(torch::jit::Node& node);
  void visit_if(torch::jit::Node& node);
  void follow(const torch::jit::Value* value, const torch::jit::Value* from);
  template <typename Values>
  void give_up(const Values& values) {
    for (const torch::jit::Value* value : values) listed_.insert(value);
  }
  bool try_constant(torch::jit::Node& node);
  bool try_sizes(torch::jit::Node& node);
  bool try_identity(torch::jit::Node& node, bool is);
  void bind_sizes(torch::jit::Node& node, const RheoType& type);
  bool try_list_element(torch::jit::Node& node);
  std::vector<const torch::jit::Value*> results_of(torch::jit::Node& node);
  std::string target_of(torch::jit::Node& node);
  std::string layer_name(const torch::jit::Node& node) const;
  void lower(torch::jit::Node& node);
  void miss(const torch::jit::Node& node, const std::string& what);

  const RheoImportHost& host_;
  std::shared_ptr<torch::jit::Graph> graph_;
  std::unordered_map<const torch::jit::Value*, Known> known_;
  std::unordered_map<const torch::jit::Value*, const torch::jit::Value*> sources_;
  std::unordered_set<const torch::jit::Value*> listed_;
  std::unordered_map<const torch::jit::Value*, ValueId> constants_;
  std::unordered_map<const torch::jit::Value*, std::string> names_;  // of computed constants
  std::unordered_set<const torch::jit::Value*> list_results_;        // made by an operator and unpacked at once
  std::unordered_set<std::string> used_names_;
  std::vector<std::string> missing_;
};

// Where a node stands in the user's source, "model.py:41"; inside LibTorch's own modules the place that called
// them. Empty when the file does not say.
std::string place_of(const torch::jit::Node& node);

}  // namespace rheo::torch_import
