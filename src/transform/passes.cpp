// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/try.h"
#include "transform/pass.h"

namespace rheo {
namespace {

// The order matters: constants first, so that the later patterns see weights as constants; residuals before
// activations, because the fused op adds the residual first. Nodes that no exit needs are dropped by every rebuild.
constexpr Pass kPasses[] = {
    {"fold_constants", fold_constants}, {"simplify", simplify},           {"fold_batch_norm", fold_batch_norm},
    {"fuse_bias", fuse_bias},           {"fuse_residual", fuse_residual}, {"fuse_activation", fuse_activation},
};

}  // namespace

std::span<const Pass> passes() { return kPasses; }

Result<GraphPointer> run_passes(GraphPointer graph, std::span<const Pass> list, std::vector<PassReport>* reports) {
  for (const Pass& pass : list) {
    const std::int64_t start_ns = now_ns();
    Result<GraphPointer> next = pass.run(*graph);
    const Status status = next.ok() ? verify(**next) : next.status();
    if (!status.ok()) return status.with_context(pass.name);
    if (reports != nullptr) {
      reports->push_back({std::string(pass.name), now_ns() - start_ns, graph->nodes().size(), (*next)->nodes().size()});
    }
    graph = *std::move(next);
  }
  return graph;
}

Result<GraphPointer> optimize(GraphPointer graph, std::vector<PassReport>* reports) {
  return run_passes(std::move(graph), passes(), reports);
}

}  // namespace rheo
