// SPDX-License-Identifier: Apache-2.0
// Programs that overwrite tensors ("relu_", "add_"), said without overwriting: every later reader of what was
// overwritten reads the result instead. That is the same only where no other name shows the same elements: a view that
// is read later is refused, and so is a weight or buffer that would remember what it was given.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/aten/node.h"

namespace rheo::aten {

// Rewrites `nodes` and the names of `outputs`; drops names of results that nobody reads. `weights`: names that hold
// what outlives a run.
Status make_functional(std::vector<Node>& nodes, std::vector<std::string>& outputs,
                       const std::set<std::string>& weights);

// Whether the target overwrites its first argument: "aten.relu_.default".
bool is_in_place(std::string_view target);

}  // namespace rheo::aten
