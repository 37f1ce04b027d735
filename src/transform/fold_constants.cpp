// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "kernels/evaluate.h"
#include "transform/pass.h"

namespace rheo {
namespace {

// A folded result may be larger than what it is made of (broadcasting); beyond this it stays a node.
constexpr std::size_t kMostFoldedBytes = std::size_t{64} << 20;

Result<bool> fold(Rewriter& rewriter, const Node& node) {
  const ValueId result = node.outputs[0];
  if (node.kind == OpKind::dequantize) return false;  // 8-bit weights stay what they are until use_8_bit has seen them
  if (node.inputs.empty() || node.outputs.size() != 1 || rewriter.is_given_out(result)) return false;
  RHEO_ASSIGN_OR_RETURN(const std::vector<ValueId> inputs, rewriter.mapped(node.inputs));
  std::vector<Argument> arguments;
  for (const ValueId input : inputs) {
    const Tensor* elements = input == kNoValue ? nullptr : rewriter.constant(input);
    if (input != kNoValue && elements == nullptr) return false;
    arguments.push_back({elements, input == kNoValue ? nullptr : &rewriter.type(input), true});
  }
  const TensorType& type = rewriter.graph().value(result).type;
  if (!type.shape.is_static()) return false;
  const auto bytes = static_cast<std::size_t>(type.shape.elements()) * size_bytes(type.dtype);
  if (bytes > kMostFoldedBytes) return false;

  Result<std::vector<Tensor>> outputs = evaluate(node.kind, node.attributes, arguments, std::span(&type, 1));
  // Constants may be wrong together, an index out of range for example.
  if (!outputs.ok()) return outputs.status().with_context(node.name);
  RHEO_RETURN_IF_ERROR(rewriter.replace_with_constant(node, std::move(outputs->at(0)), type.quantization));
  return true;
}

}  // namespace

Result<GraphPointer> fold_constants(const Graph& graph) { return rewrite(graph, fold); }

}  // namespace rheo
