// SPDX-License-Identifier: Apache-2.0
// The one loop: take a step, look at the evidence, stop or take another step. Serves one item or many; each item has
// its own decisions.
#pragma once

#include <span>

#include <rheo/estimator.h>
#include <rheo/policy.h>
#include <rheo/record.h>
#include <rheo/status.h>

#include "infer/steps.h"

namespace rheo {

// Who thinks. Borrowed for the call.
struct Mind {
  const Ladder& ladder;
  const Estimator& estimator;
  const Policy& policy;
};

// Runs every item to its answer; results are in the items. `active` is room for items.size() pointers.
// The returned status is not ok only when nothing can be said of any item.
void infer(const Mind& mind, std::span<Item> items, std::span<Item*> active, Steps& steps);

}  // namespace rheo
