// SPDX-License-Identifier: Apache-2.0
// Exporters write "same" padding as a pad of its own before the convolution, because it differs by edge.
#include "base/try.h"
#include "transform/pass.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// [top, left, bottom, right] of a pad with zeros around height and width alone; nothing for another one.
std::optional<std::vector<std::int64_t>> picture_pads(const Node& pad) {
  const std::vector<std::int64_t> all = pad.attributes.integers("pads");
  if (pad.attributes.text("mode", "constant") != "constant" || pad.attributes.real("value") != 0) return std::nullopt;
  if (all.size() != 8 || all[0] != 0 || all[1] != 0 || all[4] != 0 || all[5] != 0) return std::nullopt;
  std::vector<std::int64_t> pads = {all[2], all[3], all[6], all[7]};
  for (const std::int64_t size : pads) {
    if (size < 0) return std::nullopt;
  }
  return pads;
}

Result<bool> fuse(Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::conv2d) return false;
  const Node* pad = merged_maker(rewriter, node.inputs[0], OpKind::pad);
  const auto around = pad == nullptr ? std::nullopt : picture_pads(*pad);
  if (!around) return false;
  std::vector<std::int64_t> pads = node.attributes.integers("pads", {0, 0, 0, 0});
  for (std::size_t edge = 0; edge < pads.size(); ++edge) pads[edge] += (*around)[edge];
  RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter.mapped(node.inputs));
  RHEO_ASSIGN_OR_RETURN(inputs[0], rewriter.mapped(pad->inputs[0]));
  Attributes attributes = node.attributes;
  attributes.set("pads", std::move(pads));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::conv2d, std::move(inputs), std::move(attributes)));
  return true;
}

}  // namespace

Result<GraphPointer> fuse_pad(const Graph& graph) { return rewrite(graph, fuse); }

}  // namespace rheo
