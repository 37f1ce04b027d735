// SPDX-License-Identifier: Apache-2.0
// The one loop: take a step, look at the evidence, stop or take another step. Serves one item or many; each item has
// its own decisions. It obeys the policy or fails with a sentence; it never decides anything itself.
//
// What it does not let pass: a path that does not exist or was run before, an answer without usable evidence, a
// policy that never answers. It allocates nothing unless it has such a sentence to write.
#pragma once

#include <span>

#include <rheo/estimator.h>
#include <rheo/policy.h>
#include <rheo/record.h>

#include "infer/steps.h"

namespace rheo {

// Who thinks. Borrowed for the call.
struct Mind {
  const Ladder& ladder;
  const Estimator& estimator;
  const Policy& policy;
};

// Runs every item to its answer; how each ended is in the items. `active` is scratch room for items.size() pointers.
// An item must be fresh: only `index` and `statistics` set.
void infer(const Mind& mind, std::span<Item> items, std::span<Item*> active, Steps& steps);

}  // namespace rheo
