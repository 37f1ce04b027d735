// SPDX-License-Identifier: Apache-2.0
// What fuzz targets ask of a model that they could read. A failed demand ends the process, which a fuzzer reports.
#pragma once

#include <algorithm>
#include <memory>

#include <rheo/status.h>

#include "graph/graph.h"
#include "graph/ranges.h"

namespace rheo::testing {

inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

// A refusal says why, in words that a terminal only shows: what a file writes into them cannot steer it.
inline void require_reason(const Status& status) {
  require(!status.ok() && !status.message().empty());
  require(std::ranges::none_of(status.message(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }));
}

// Plans and runs `graph` on zeros in every precision, up to each exit, and looks at every output; or has a reason why
// not. A small file may ask for hours of work: no fault, but nothing to wait for, so only small results are made.
void plan_and_run(const std::shared_ptr<const Graph>& graph, const Ranges& ranges);

// The same of a graph that an importer made, after the passes that an engine has it go through.
void optimize_and_run(const std::shared_ptr<const Graph>& graph);

}  // namespace rheo::testing
