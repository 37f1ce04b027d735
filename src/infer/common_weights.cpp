// SPDX-License-Identifier: Apache-2.0
#include "infer/common_weights.h"

#include <cstring>
#include <vector>

#include "base/try.h"
#include "graph/hash.h"

namespace rheo {

std::shared_ptr<const CommonWeights> CommonWeights::of(const PlanSet& set) {
  auto common = std::make_shared<CommonWeights>();
  for (const std::shared_ptr<const Graph>& graph : set.graphs()) common->add(*graph);
  common->store_ = set.weights();
  return common;
}

void CommonWeights::add(const Graph& graph) {
  for (const Value& value : graph.values()) {
    if (!value.is_constant()) continue;
    const std::uint64_t hash = content_hash(value.constant);
    if (find(value.constant, hash) != nullptr) continue;
    constants_.emplace(hash, value.constant);
    addresses_->insert(value.constant.data());
  }
}

const Tensor* CommonWeights::find(const Tensor& wanted, std::uint64_t hash) const {
  const auto [first, last] = constants_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    const Tensor& known = at->second;
    if (known.dtype() != wanted.dtype() || known.shape() != wanted.shape()) continue;
    if (std::memcmp(known.data(), wanted.data(), wanted.size_bytes()) == 0) return &known;
  }
  return nullptr;
}

const Tensor& CommonWeights::known_or(const Tensor& own) const {
  const Tensor* known = owns(own.data()) ? nullptr : find(own, content_hash(own));
  return known == nullptr ? own : *known;
}

Result<std::shared_ptr<const Graph>> CommonWeights::share(const std::shared_ptr<const Graph>& graph) const {
  GraphBuilder builder;
  std::vector<ValueId> same(graph->values().size(), kNoValue);
  for (const GraphInput& input : graph->inputs()) {
    RHEO_ASSIGN_OR_RETURN(same[input.value],
                          builder.add_input(input.name, graph->value(input.value).type, input.preprocessing));
  }
  for (std::size_t id = 0; id < same.size(); ++id) {
    const Value& value = graph->values()[id];
    if (!value.is_constant()) continue;
    RHEO_ASSIGN_OR_RETURN(same[id],
                          builder.add_constant(value.name, known_or(value.constant), value.type.quantization));
  }
  for (const Node& node : graph->nodes()) {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? kNoValue : same[input]);
    RHEO_ASSIGN_OR_RETURN(const ValueId first,
                          builder.add_node(node.kind, inputs, node.attributes, node.name, node.source));
    const std::span<const ValueId> outputs = builder.outputs_of(first);
    for (std::size_t i = 0; i < outputs.size(); ++i) same[node.outputs[i]] = outputs[i];
  }
  for (const Exit& exit : graph->exits()) RHEO_RETURN_IF_ERROR(builder.add_exit(exit.name, same[exit.value]));
  for (const GraphOutput& output : graph->outputs()) {
    RHEO_RETURN_IF_ERROR(builder.add_output(output.name, same[output.value]));
  }
  builder.set_labels({graph->labels().begin(), graph->labels().end()});
  return builder.build();
}

std::shared_ptr<WeightStore> CommonWeights::store() const {
  return std::make_shared<WeightStore>(
      store_, [addresses = addresses_](const void* source) { return addresses->contains(source); });
}

}  // namespace rheo
