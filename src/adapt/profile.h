// SPDX-License-Identifier: Apache-2.0
// Latencies of all paths on this host: what costs are made of. Plans are interleaved, so a machine that drifts
// slows all alike.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>

#include "infer/plan_set.h"
#include "load/dataset.h"

namespace rheo {

struct Latency {
  double median_us = 0;
  double p99_us = 0;
};

// Time from the input to every exit of the plans that `paths` run on, for whole batches: [paths][exits].
// One thread; `rounds` passes of one batch each per plan, over the given items in turn.
Result<std::vector<std::vector<Latency>>> profile_paths(PlanSet& plans, std::span<const Path> paths, int batch,
                                                        const Dataset& data, std::span<const int> items, int rounds,
                                                        const std::stop_token& stop);

}  // namespace rheo
