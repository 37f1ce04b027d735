// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "base/try.h"
#include "kernels/evaluate.h"
#include "transform/pass.h"

namespace rheo {
namespace {

// Steps that folding may take, of some ten nanoseconds each, beside four for each byte of the graph's constants. What
// is beyond that is computed by every run, as the model says.
constexpr std::size_t kFreeSteps = std::size_t{1} << 26;

class Folding {
 public:
  explicit Folding(const Graph& graph)
      : graph_(graph), steps_left_(saturating_add(kFreeSteps, saturating_mul(4, constant_bytes(graph)))) {}

  Result<GraphPointer> run() {
    RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph_));
    for (const Node& node : graph_.nodes()) {
      RHEO_ASSIGN_OR_RETURN(const bool is_done, fold(rewriter, node));
      if (!is_done) RHEO_RETURN_IF_ERROR(rewriter.copy(node));
    }
    return rewriter.finish(Unneeded::keep);
  }

 private:
  // True when the node was computed and its result is a constant now.
  Result<bool> fold(Rewriter& rewriter, const Node& node) {
    const ValueId result = node.outputs[0];
    if (node.kind == OpKind::dequantize)
      return false;  // 8-bit weights stay what they are until use_8_bit has seen them
    if (node.inputs.empty() || node.outputs.size() != 1 || rewriter.is_given_out(result)) return false;
    RHEO_ASSIGN_OR_RETURN(const std::vector<ValueId> inputs, rewriter.mapped(node.inputs));
    std::vector<Argument> arguments;
    std::vector<const TensorType*> types;
    for (const ValueId input : inputs) {
      const Tensor* elements = input == kNoValue ? nullptr : rewriter.constant(input);
      if (input != kNoValue && elements == nullptr) return false;
      types.push_back(input == kNoValue ? nullptr : &rewriter.type(input));
      arguments.push_back({elements, types.back(), true});
    }
    const TensorType& type = graph_.value(result).type;
    if (!type.shape.is_static()) return false;
    const auto bytes = static_cast<std::size_t>(type.shape.elements()) * size_bytes(type.dtype);
    const std::size_t steps = evaluation_steps(node.kind, {node.attributes, types}, std::span(&type, 1));
    if (!rewriter.has_room_for(bytes) || steps > steps_left_) return false;
    steps_left_ -= steps;

    Result<std::vector<Tensor>> outputs = evaluate(node.kind, node.attributes, arguments, std::span(&type, 1));
    // Constants may be wrong together, an index out of range for example.
    if (!outputs.ok()) return outputs.status().with_context(node.name);
    RHEO_RETURN_IF_ERROR(rewriter.replace_with_constant(node, std::move(outputs->at(0)), type.quantization));
    return true;
  }

  const Graph& graph_;
  std::size_t steps_left_;
};

}  // namespace

Result<GraphPointer> fold_constants(const Graph& graph) { return Folding(graph).run(); }

}  // namespace rheo
