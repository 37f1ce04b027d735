// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "op/epilogue.h"
#include "transform/pass.h"
#include "transform/product.h"

namespace rheo {
namespace {

// The product behind `old`, when it can take a residual of the shape of its own result.
const Rewriter::Emitted* residual_taker(Rewriter& rewriter, ValueId old, ValueId other) {
  const Rewriter::Emitted* product = open_product(rewriter, old);
  if (product == nullptr || product->input(kResidualInput) != kNoValue) return nullptr;
  const TensorType& type = rewriter.graph().value(old).type;
  const TensorType& residual = rewriter.graph().value(other).type;
  return type.shape == residual.shape && residual.dtype == DType::f32 ? product : nullptr;
}

// Of two products that are added, the later one takes the other's result, so that nothing has to be computed earlier
// than before and no other value lives longer.
Result<bool> fuse(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::add || node.inputs[0] == node.inputs[1]) return false;
  ValueId first = node.inputs[0];
  ValueId last = node.inputs[1];
  const auto position = [&](ValueId value) {
    const NodeId producer = rewriter.graph().value(value).producer;
    return producer == kNoNode ? std::int64_t{-1} : std::int64_t{producer};
  };
  if (position(first) > position(last)) std::swap(first, last);
  const Rewriter::Emitted* taker = residual_taker(rewriter, last, first);
  if (taker == nullptr) {
    std::swap(first, last);
    taker = residual_taker(rewriter, last, first);
  }
  if (taker == nullptr) return false;
  const Rewriter::Emitted product = *taker;
  std::vector<ValueId> inputs = product_inputs(product);
  RHEO_ASSIGN_OR_RETURN(inputs[kResidualInput], rewriter.mapped(first));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, product.kind, std::move(inputs), product.attributes));
  return true;
}

}  // namespace

Result<GraphPointer> fuse_residual(const Graph& graph) { return rewrite(graph, fuse); }

}  // namespace rheo
