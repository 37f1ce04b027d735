// SPDX-License-Identifier: Apache-2.0
// An ONNX model as a Graph of Rheo: every operator said in ops of Rheo, what depends on no input computed once.
//
// ONNX lets a model calculate with shapes while it runs. Here all shapes but the batch are known before: sizes that the
// file leaves open are given as ImportOptions, the batch (dimension 0) stays open, and the arithmetic on shapes is
// evaluated while importing (translation.h says how). None of it is left in the graph.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <rheo/log.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"
#include "load/limits.h"
#include "load/onnx/model.h"

namespace rheo::onnx {

struct ImportOptions {
  // Sizes of the named dimensions that the file leaves open: {"sequence", 128}. A name in dimension 0 of an input that
  // is not listed here is the batch.
  std::map<std::string, std::int64_t, std::less<>> dimensions = {};
  // Whole shapes by name of the input, for files that give their open dimensions no names: {"input", {1, 576}}.
  // kDynamic in dimension 0 leaves the batch open.
  std::map<std::string, Shape, std::less<>> shapes = {};
  // Inputs that get a value now and stop being inputs: {"sr", 16000}. Broadcast to the shape that the file declares.
  std::map<std::string, std::int64_t, std::less<>> bound = {};
  // Items of a batch, for a model that cannot run with an open one; 0 leaves the batch open where that is possible.
  std::int64_t batch = 0;
  LoadLimits limits = {};
};

// unsupported lists every operator that Rheo lacks with the nodes that use it, or names the first node whose settings
// it lacks. invalid_argument names a dimension whose size must be given, or an option that names nothing. May be called
// from any thread. `log` may be empty.
Result<std::shared_ptr<const rheo::Graph>> import_graph(const Model& model, const ImportOptions& options = {},
                                                        const LogSink& log = {});

}  // namespace rheo::onnx
