// SPDX-License-Identifier: Apache-2.0
#include "graph/with_constants.h"

#include <vector>

#include "base/try.h"

namespace rheo {

Result<std::shared_ptr<const Graph>> with_constants(const Graph& graph, const OtherConstant& other) {
  GraphBuilder builder;
  std::vector<ValueId> same(graph.values().size(), kNoValue);
  for (const GraphInput& input : graph.inputs()) {
    RHEO_ASSIGN_OR_RETURN(same[input.value],
                          builder.add_input(input.name, graph.value(input.value).type, input.preprocessing));
  }
  for (std::size_t id = 0; id < same.size(); ++id) {
    const Value& value = graph.values()[id];
    if (!value.is_constant()) continue;
    RHEO_ASSIGN_OR_RETURN(Tensor constant, other(value));
    RHEO_ASSIGN_OR_RETURN(same[id], builder.add_constant(value.name, std::move(constant), value.type.quantization));
  }
  for (const Node& node : graph.nodes()) {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? kNoValue : same[input]);
    RHEO_ASSIGN_OR_RETURN(const ValueId first,
                          builder.add_node(node.kind, inputs, node.attributes, node.name, node.source));
    const std::span<const ValueId> outputs = builder.outputs_of(first);
    for (std::size_t i = 0; i < outputs.size(); ++i) same[node.outputs[i]] = outputs[i];
  }
  for (const Exit& exit : graph.exits()) RHEO_RETURN_IF_ERROR(builder.add_exit(exit.name, same[exit.value]));
  for (const GraphOutput& output : graph.outputs()) {
    RHEO_RETURN_IF_ERROR(builder.add_output(output.name, same[output.value]));
  }
  builder.set_labels({graph.labels().begin(), graph.labels().end()});
  return builder.build();
}

}  // namespace rheo
