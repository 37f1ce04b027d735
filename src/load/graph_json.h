// SPDX-License-Identifier: Apache-2.0
// A Graph as JSON text plus tensors: the text names inputs, constants, nodes, exits and labels; a constant's elements
// are the tensor of the same name. Values are referred to by name. Types of computed values are not written: reading
// infers them again.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"

namespace rheo {

using NamedTensors = std::map<std::string, Tensor, std::less<>>;

// The text; adds the constants to `tensors`. invalid_argument: a name that no file can hold, or that is taken.
Result<std::string> graph_to_json(const Graph& graph, NamedTensors& tensors);

// Takes the tensors it uses out of `tensors`, so that the caller sees what nobody named.
Result<std::shared_ptr<const Graph>> graph_from_json(const std::string& text, NamedTensors& tensors,
                                                     const LoadLimits& limits);

}  // namespace rheo
