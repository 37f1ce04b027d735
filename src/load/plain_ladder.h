// SPDX-License-Identifier: Apache-2.0
// The ladder of a model that was never adapted.
#pragma once

#include <span>

#include <rheo/path.h>
#include <rheo/status.h>

#include "graph/graph.h"

namespace rheo {

// Every exit in f32 and in `precisions`, cheapest first. Nothing is measured: multiply-adds are counted, latencies are
// guessed from them, so that their order is right and nothing else.
Result<Ladder> plain_ladder(const Graph& graph, std::span<const Precision> precisions = {});

// False for what a plain ladder says of a path: its latency is a guess that orders paths, and nobody has compared its
// answers. Whoever measures a path finds a latency of its slow runs, an agreement, or both.
bool is_measured(const PathProfile& profile);

}  // namespace rheo
