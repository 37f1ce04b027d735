// SPDX-License-Identifier: Apache-2.0
// Inputs as a model file declares them, with sizes left open, and what ModelOptions make of them. Shared by the
// importers that compute shapes ahead; the rules are those of ModelOptions (rheo/model.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <rheo/limits.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/model_card.h"
#include "load/open_dimension.h"

namespace rheo {

struct OpenInput {
  std::string name;
  DType dtype = DType::f32;
  std::optional<std::vector<OpenDimension>> shape;  // nothing: not even the rank is declared
  Preprocessing preprocessing = {};
};

// What the card says of the inputs; bad_format where it names one that is not there.
Status describe(const ModelCard& card, std::vector<OpenInput>& inputs);

// not_found or invalid_argument where the options name what the file does not have, or a size that cannot be.
Status check_options(const ModelOptions& options, std::span<const OpenInput> inputs, const LoadLimits& limits);

// Adds the inputs to a graph, with the options applied: the value of each, known for one that is bound.
Result<std::vector<ImportValue>> add_inputs(ImportEmitter& emitter, const ModelOptions& options,
                                            std::span<const OpenInput> inputs);

// Imports with an open batch, and with a batch of 1 where some op does not let an open one pass. `attempt(options,
// may_go_with_fixed_batch)` imports once, and says of a failure whether a fixed batch may help.
template <typename Attempt>
Result<std::shared_ptr<const Graph>> with_open_batch(const ModelOptions& options, const LogSink& log,
                                                     Attempt&& attempt) {
  bool may_go = false;
  Result<std::shared_ptr<const Graph>> graph = attempt(options, may_go);
  if (graph.ok() || options.batch > 0 || !may_go) return graph;
  ModelOptions one_item = options;
  one_item.batch = 1;
  Result<std::shared_ptr<const Graph>> fixed = attempt(one_item, may_go);
  if (fixed.ok() && log) log(Severity::info, graph.status().message() + " It is imported with a batch of 1.");
  return fixed;
}

}  // namespace rheo
