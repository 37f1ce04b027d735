// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/value_names.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "base/try.h"

namespace rheo::onnx {
namespace {

// The values made so far in one graph, and behind it those of the graph around it. A tree and not a hash table: names
// chosen to collide must not make it slow.
class Scope {
 public:
  explicit Scope(const Scope* around) : around_(around) {}

  // False when this graph already has the name.
  bool make(std::string_view name) { return made_.insert(name).second; }
  bool has_here(std::string_view name) const { return made_.contains(name); }
  bool has(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->around_) {
      if (scope->has_here(name)) return true;
    }
    return false;
  }

 private:
  const Scope* around_;
  std::set<std::string_view> made_;
};

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

Status made_twice(std::string_view name) { return broken(fmt::format("The value '{}' is made twice.", name)); }

Status check_graph(const Graph& graph, const Scope* around);

Status check_node(const Node& node, Scope& scope) {
  for (const std::string& input : node.inputs) {
    if (!input.empty() && !scope.has(input))
      return broken(fmt::format("The value '{}' is used before it is made.", input));
  }
  for (const Attribute& attribute : node.attributes) {
    if (attribute.graph != nullptr) RHEO_RETURN_IF_ERROR(check_graph(*attribute.graph, &scope));
  }
  for (const std::string& output : node.outputs) {
    if (!output.empty() && !scope.make(output)) return made_twice(output);
  }
  return Status();
}

Status check_nodes(const std::vector<Node>& nodes, Scope& scope) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Status status = check_node(nodes[i], scope);
    if (!status.ok()) return status.with_context(fmt::format("node {} '{}', {}", i, nodes[i].name, nodes[i].op));
  }
  return Status();
}

Status check_output(std::string_view name, const Scope& scope, std::set<std::string_view>& outputs) {
  if (!scope.has(name)) return broken(fmt::format("Nothing makes the output '{}'.", name));
  return outputs.insert(name).second ? Status() : broken(fmt::format("The output '{}' is listed twice.", name));
}

Status check_graph(const Graph& graph, const Scope* around) {
  Scope scope(around);
  std::set<std::string_view> initializers;
  for (const TensorData& initializer : graph.initializers) {
    if (!initializers.insert(initializer.name).second) return made_twice(initializer.name);
  }
  for (const ValueInfo& input : graph.inputs) {
    if (!scope.make(input.name)) return made_twice(input.name);
  }
  for (const std::string_view name : initializers) scope.make(name);  // an input of the same name has it for a default
  RHEO_RETURN_IF_ERROR(check_nodes(graph.nodes, scope));
  std::set<std::string_view> outputs;
  for (const ValueInfo& output : graph.outputs) RHEO_RETURN_IF_ERROR(check_output(output.name, scope, outputs));
  return Status();
}

}  // namespace

Status check_value_names(const Graph& graph) { return check_graph(graph, nullptr); }

Status check_value_names(const Function& function) {
  Scope scope(nullptr);
  for (const std::string& input : function.inputs) {
    if (!scope.make(input)) return made_twice(input);
  }
  RHEO_RETURN_IF_ERROR(check_nodes(function.nodes, scope));
  std::set<std::string_view> outputs;
  for (const std::string& output : function.outputs) RHEO_RETURN_IF_ERROR(check_output(output, scope, outputs));
  return Status();
}

}  // namespace rheo::onnx
