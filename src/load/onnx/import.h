// SPDX-License-Identifier: Apache-2.0
// An ONNX model as a Graph of Rheo: every operator said in ops of Rheo, what depends on no input computed once.
//
// ONNX lets a model calculate with shapes while it runs. Here all shapes but the batch are known before: sizes that the
// file leaves open are given as ModelOptions, the batch (dimension 0) stays open, and the arithmetic on shapes is
// evaluated while importing (translation.h says how). None of it is left in the graph.
#pragma once

#include <memory>
#include <vector>

#include <rheo/limits.h>
#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/status.h>

#include "graph/graph.h"
#include "load/onnx/model.h"
#include "load/open_input.h"

namespace rheo::onnx {

// unsupported lists every operator that Rheo lacks with the nodes that use it, or names the first node whose settings
// it lacks. invalid_argument names a dimension whose size must be given, not_found an option that names nothing. May be
// called from any thread. `log` may be empty.
Result<std::shared_ptr<const rheo::Graph>> import_graph(const Model& model, const ModelOptions& options = {},
                                                        const LogSink& log = {}, const LoadLimits& limits = {});

// Its inputs, with sizes left open; those that an initializer fills are none.
Result<std::vector<OpenInput>> declared_inputs(const Model& model);

}  // namespace rheo::onnx
