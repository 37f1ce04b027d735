// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/torch/torch_headers.h"

namespace rheo::torch_import {

// True when nothing that may share memory with what `node` overwrites is read after it, so that a fresh result will do.
bool is_last_use(const std::shared_ptr<torch::jit::Graph>& graph, torch::jit::Node& node);

}  // namespace rheo::torch_import
