// SPDX-License-Identifier: Apache-2.0
// Joins ops of a plan that follow each other through pictures: where one hands a large value to the next and nobody
// else reads it, both run strip by strip, and the value is never stored (kernels/joined_kernel.h).
#pragma once

#include <vector>

#include "plan/plan.h"

namespace rheo {

// What the planner knows by then.
struct JoinRequest {
  const Graph& graph;
  const std::vector<Slot>& slots;
  int threads = 1;
};

// Replaces runs of ops from number `begin` on by single ones that remember their parts. Small values are left alone:
// they stay in the cache by themselves (bench/joined_ops.cpp shows from where on joining wins).
void join_ops(const JoinRequest& request, std::size_t begin, std::vector<PlanOp>& ops);

}  // namespace rheo
