// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "transform/pass.h"

namespace rheo {
namespace {

// A reshape that was traced with one item says 1 where it means the batch: that dimension is copied instead.
Attributes with_copied_batch(const Node& node, const Shape& x) {
  Attributes attributes = node.attributes;
  std::vector<std::int64_t> shape = attributes.integers("shape");
  if (x.rank() > 0 && x[0] == kDynamic && !shape.empty() && shape[0] == 1) {
    shape[0] = 0;
    attributes.set("shape", std::move(shape));
  }
  return attributes;
}

// The graph once more with dimension 0 of every input open. Fails where an op does not let the batch pass.
Result<GraphPointer> with_open_batch(const Graph& graph) {
  GraphBuilder builder;
  std::vector<ValueId> same(graph.values().size(), kNoValue);
  for (const GraphInput& input : graph.inputs()) {
    TensorType type = graph.value(input.value).type;
    type.shape[0] = kDynamic;
    RHEO_ASSIGN_OR_RETURN(same[input.value], builder.add_input(input.name, std::move(type), input.preprocessing));
  }
  for (std::size_t id = 0; id < graph.values().size(); ++id) {
    const Value& value = graph.values()[id];
    if (!value.is_constant()) continue;
    RHEO_ASSIGN_OR_RETURN(same[id], builder.add_constant(value.name, value.constant, value.type.quantization));
  }
  for (const Node& node : graph.nodes()) {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? kNoValue : same[input]);
    Attributes attributes =
        node.kind == OpKind::reshape ? with_copied_batch(node, builder.type_of(inputs[0]).shape) : node.attributes;
    RHEO_ASSIGN_OR_RETURN(const ValueId first,
                          builder.add_node(node.kind, inputs, std::move(attributes), node.name, node.source));
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

bool takes_single_items(const Graph& graph) {
  for (const GraphInput& input : graph.inputs()) {
    const Shape& shape = graph.value(input.value).type.shape;
    if (shape.rank() == 0 || (shape[0] != 1 && shape[0] != kDynamic)) return false;
  }
  return true;
}

}  // namespace

Result<GraphPointer> free_batch(const Graph& graph) {
  if (!has_open_batch(graph) && takes_single_items(graph)) {
    // A failure is no error: the model stays as it is and runs single items.
    Result<GraphPointer> open = with_open_batch(graph);
    if (open.ok() && has_open_batch(**open)) return open;
  }
  return std::make_shared<const Graph>(graph);
}

}  // namespace rheo
