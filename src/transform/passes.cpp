// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/try.h"
#include "transform/pass.h"

namespace rheo {
namespace {

// The order matters: what a quantised model says comes before all, while its numbers are still spelled out; then
// constants, so that the later patterns see weights as constants; residuals before
// activations, because the fused op adds the residual first; 8-bit ops when everything is fused that they can hold;
// rows of heads when no rounding is left between an attention and its layers; dead code after all that leaves some.
constexpr Pass kPasses[] = {
    {"name_quantization", name_quantization},
    {"drop_pairs", drop_pairs},
    {"use_run_time_scales", use_run_time_scales},
    {"fold_constants", fold_constants},
    {"simplify", simplify},
    {"name_activations", name_activations},
    {"raise_pairs", raise_pairs},
    {"fuse_attention", fuse_attention},
    {"fuse_pad", fuse_pad},
    {"fold_batch_norm", fold_batch_norm},
    {"fuse_bias", fuse_bias},
    {"fuse_residual", fuse_residual},
    {"fuse_activation", fuse_activation},
    {"use_8_bit", use_8_bit},
    {"heads_in_rows", heads_in_rows},
    {"dead_code", dead_code},
    {"free_batch", free_batch},
};

Status check_names(std::span<const Pass> list, const PassOptions& options) {
  for (const std::string& name : options.off) {
    if (std::ranges::any_of(list, [&](const Pass& pass) { return pass.name == name; })) continue;
    std::string known;
    for (const Pass& pass : list) known += fmt::format("{}{}", known.empty() ? "" : ", ", pass.name);
    return {StatusCode::not_found, fmt::format("There is no pass '{}' to leave out; the passes are {}.", name, known)};
  }
  return {};
}

}  // namespace

std::span<const Pass> passes() { return kPasses; }

Result<GraphPointer> run_passes(GraphPointer graph, std::span<const Pass> list, std::vector<PassReport>* reports,
                                const PassOptions& options) {
  RHEO_RETURN_IF_ERROR(check_names(list, options));
  for (const Pass& pass : list) {
    if (std::ranges::find(options.off, pass.name) != options.off.end()) continue;
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

Result<GraphPointer> optimize(GraphPointer graph, std::vector<PassReport>* reports, const PassOptions& options) {
  return run_passes(std::move(graph), passes(), reports, options);
}

std::string describe(std::span<const PassReport> reports) {
  std::string text;
  for (const PassReport& report : reports) {
    text += fmt::format("{}{} {} us ({} nodes)", text.empty() ? "" : ", ", report.name, report.ns / 1000,
                        report.nodes_after);
  }
  return text;
}

}  // namespace rheo
