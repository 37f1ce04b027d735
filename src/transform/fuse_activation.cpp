// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "transform/pass.h"
#include "transform/product.h"

namespace rheo {
namespace {

Result<bool> fuse(Rewriter& rewriter, const Node& node) {
  if (!is_activation(node.kind)) return false;
  const Rewriter::Emitted* found = open_product(rewriter, node.inputs[0]);
  if (found == nullptr) return false;
  const Rewriter::Emitted product = *found;
  Attributes attributes = product.attributes;
  attributes.set("activation", std::string(name_of(node.kind)));
  for (const char* name : {"alpha", "beta", "approximate"}) {
    if (const AttributeValue* value = node.attributes.find(name)) attributes.set(name, *value);
  }
  // An absent bound of clamp stays absent: unbounded, alone as well as fused.
  if (const AttributeValue* low = node.attributes.find("min")) attributes.set("alpha", *low);
  if (const AttributeValue* high = node.attributes.find("max")) attributes.set("beta", *high);
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, product.kind, product_inputs(product), std::move(attributes)));
  return true;
}

}  // namespace

Result<GraphPointer> fuse_activation(const Graph& graph) { return rewrite(graph, fuse); }

}  // namespace rheo
