// SPDX-License-Identifier: Apache-2.0
// The rule that makes a graph computable in file order: every value gets its name once, before it is used.
#pragma once

#include <rheo/status.h>

#include "load/onnx/model.h"

namespace rheo::onnx {

// bad_format names the value and the node. Graphs in attributes see the values around them that were made before; they
// lie in each other no deeper than they were read (LoadLimits::graph_depth).
Status check_value_names(const Graph& graph);
Status check_value_names(const Function& function);

}  // namespace rheo::onnx
