// SPDX-License-Identifier: Apache-2.0
// From a file to one flat graph: loaded for the CPU, in evaluation form, frozen, inlined, without tuples and, where
// that is provably the same, without in-place ops.
#pragma once

#include <memory>
#include <string>

#include "plugins/torch/torch_headers.h"

namespace rheo::torch_import {

struct PreparedGraph {
  std::shared_ptr<torch::jit::Graph> graph;
  std::string card;  // text of the extra file rheo.json; empty when there is none
};

// Throws Failure when the file is no TorchScript model.
PreparedGraph load_and_prepare(const std::string& file);

}  // namespace rheo::torch_import
