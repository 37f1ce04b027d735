// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/try.h"
#include "load/onnx/call.h"
#include "load/onnx/lowerings.h"
#include "load/widened.h"

namespace rheo::onnx {
namespace {

// What an op refuses is the model's fault, not the caller's. Names the node where the sentence does not yet.
Status blame_model(const Status& status, const ImportPlace& place) {
  if (status.ok()) return status;
  const StatusCode code = status.code() == StatusCode::invalid_argument ? StatusCode::unsupported : status.code();
  const bool names_it = status.message().find("'" + place.name + "'") != std::string::npos;
  const Status blamed(code, status.message());
  return names_it ? blamed : blamed.with_context("node " + place.text());
}

}  // namespace

ImportValue* Scope::find(std::string_view name) {
  for (Scope* scope = this; scope != nullptr; scope = scope->outer_) {
    const auto found = scope->values_.find(std::string(name));
    if (found != scope->values_.end()) return &found->second;
  }
  return nullptr;
}

ImportPlace place_of(const Node& node) {
  const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return {name, node.op};
}

Result<std::shared_ptr<const rheo::Graph>> Translation::run() {
  RHEO_RETURN_IF_ERROR(check_options());
  RHEO_RETURN_IF_ERROR(read_card());
  Scope scope;
  RHEO_RETURN_IF_ERROR(add_initializers(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(add_inputs(scope));
  RHEO_RETURN_IF_ERROR(translate_nodes(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(missing_ops());
  RHEO_RETURN_IF_ERROR(add_answers(scope));
  emitter_.builder().set_labels(card_.labels);
  auto graph = emitter_.builder().build();
  if (graph.ok() && emitter_.widened() && log_) {
    log_(Severity::info,
         "The model holds 16-bit or 64-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
  }
  return graph;
}

Status Translation::add_initializers(const Graph& graph, Scope& scope) {
  for (const TensorData& data : graph.initializers) {
    RHEO_ASSIGN_OR_RETURN(Tensor elements, to_tensor(data));
    RHEO_ASSIGN_OR_RETURN(elements, in_f32(std::move(elements), emitter_.widened()));
    emitter_.widened() |= data.type == ElementType::f64;
    scope.set(data.name, ImportValue::known(std::move(elements)));
  }
  return {};
}

Status Translation::translate_nodes(const Graph& graph, Scope& scope) {
  for (const Node& node : graph.nodes) RHEO_RETURN_IF_ERROR(translate_node(node, scope));
  return {};
}

Status Translation::translate_node(const Node& node, Scope& scope) {
  Call call(*this, node, scope);
  const Lowering* lowering = node.domain.empty() || node.domain == "ai.onnx" ? find_lowering(node.op) : nullptr;
  if (lowering == nullptr)
    missing_.emplace_back(node.domain.empty() ? node.op : node.domain + "." + node.op, place_of(node).text());
  if (lowering == nullptr || call.has_missing()) {
    for (std::size_t output = 0; output < node.outputs.size(); ++output) call.answer(ImportValue(), output);
    return {};
  }
  return blame_model(lowering->lower(call), place_of(node));
}

Result<std::vector<ImportValue>> Translation::translate_branch(const Graph& graph, Scope& scope) {
  Scope inner(&scope);
  RHEO_RETURN_IF_ERROR(add_initializers(graph, inner));
  RHEO_RETURN_IF_ERROR(translate_nodes(graph, inner));
  std::vector<ImportValue> outputs;
  for (const ValueInfo& output : graph.outputs) {
    const ImportValue* value = inner.find(output.name);
    if (value == nullptr) {
      return Status(StatusCode::bad_format, fmt::format("The branch '{}' makes no '{}'.", graph.name, output.name));
    }
    outputs.push_back(*value);
  }
  return outputs;
}

Status Translation::missing_ops() const {
  if (missing_.empty()) return {};
  constexpr std::size_t kPlacesNamed = 3;
  std::map<std::string, std::vector<std::string>> places;
  for (const auto& [op, place] : missing_) places[op].push_back(place);
  std::string list;
  for (const auto& [op, where] : places) {
    const std::size_t named = std::min(where.size(), kPlacesNamed);
    list += fmt::format("{}{} (node {}{})", list.empty() ? "" : ", ", op,
                        fmt::join(where.begin(), where.begin() + static_cast<std::ptrdiff_t>(named), ", "),
                        where.size() > named ? fmt::format(" and {} more", where.size() - named) : "");
  }
  return {StatusCode::unsupported, fmt::format("Rheo lacks {} operator{} of this model: {}.", places.size(),
                                               places.size() == 1 ? "" : "s", list)};
}

}  // namespace rheo::onnx
