// SPDX-License-Identifier: Apache-2.0
// An exported program as a Graph of Rheo. Its symbolic sizes are filled in from ModelOptions, as those of an ONNX file
// are; the batch, dimension 0 of an input when it is a symbol, stays open.
#pragma once

#include <memory>
#include <vector>

#include <rheo/limits.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "load/open_input.h"
#include "load/pt2/model.h"

namespace rheo::pt2 {

// unsupported lists every operator that Rheo lacks, or names the first node whose settings it lacks. invalid_argument
// names a size that must be given or lies outside of what the program allows, not_found an option that names nothing.
// May be called from any thread. `log` may be empty.
Result<std::shared_ptr<const Graph>> import_graph(const Model& model, const ModelOptions& options = {},
                                                  const LogSink& log = {}, const LoadLimits& limits = {});

// Its inputs, with sizes left open: those that are one symbol have its name.
Result<std::vector<OpenInput>> declared_inputs(const Model& model);

}  // namespace rheo::pt2
