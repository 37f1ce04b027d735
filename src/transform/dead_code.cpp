// SPDX-License-Identifier: Apache-2.0
#include "base/try.h"
#include "transform/pass.h"

namespace rheo {

Result<GraphPointer> dead_code(const Graph& graph) {
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph));
  for (const Node& node : graph.nodes()) {
    if (graph.is_needed(node)) RHEO_RETURN_IF_ERROR(rewriter.copy(node));
  }
  return rewriter.finish(Unneeded::drop);
}

}  // namespace rheo
