// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "op/epilogue.h"
#include "transform/pass.h"
#include "transform/product.h"

namespace rheo {
namespace {

// `product_side` is the operand that the product makes, `constant_side` the other one.
Result<bool> fuse_sides(Rewriter& rewriter, const Node& node, ValueId product_side, ValueId constant_side) {
  const Rewriter::Emitted* found = open_product(rewriter, product_side);
  if (found == nullptr) return false;
  const Rewriter::Emitted product = *found;
  RHEO_ASSIGN_OR_RETURN(const ValueId addend, rewriter.mapped(constant_side));
  const Shape shape = rewriter.graph().value(product_side).type.shape;
  std::optional<std::vector<float>> sum = per_channel(rewriter, addend, product.kind, shape);
  if (!sum) return false;
  std::vector<ValueId> inputs = product_inputs(product);
  if (inputs[kBiasInput] != kNoValue) {
    const std::optional<std::span<const float>> bias = f32_constant(rewriter, inputs[kBiasInput]);
    if (!bias) return false;
    for (std::size_t channel = 0; channel < sum->size(); ++channel) (*sum)[channel] += (*bias)[channel];
  }
  RHEO_ASSIGN_OR_RETURN(
      Tensor bias, Tensor::copy_of(TensorView(std::span<const float>(*sum), {static_cast<std::int64_t>(sum->size())})));
  RHEO_ASSIGN_OR_RETURN(inputs[kBiasInput], rewriter.add_constant(node.name + ".bias", std::move(bias)));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, product.kind, std::move(inputs), product.attributes));
  return true;
}

Result<bool> fuse(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::add) return false;
  RHEO_ASSIGN_OR_RETURN(const bool is_done, fuse_sides(rewriter, node, node.inputs[0], node.inputs[1]));
  if (is_done) return true;
  return fuse_sides(rewriter, node, node.inputs[1], node.inputs[0]);
}

}  // namespace

Result<GraphPointer> fuse_bias(const Graph& graph) { return rewrite(graph, fuse); }

}  // namespace rheo
