// SPDX-License-Identifier: Apache-2.0
// Activation ranges of every model, by the rule that harms its answers least. Sees half A alone.
#pragma once

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "adapt/workbench.h"

namespace rheo {

// Fills in the ranges of the workbench's variants. Where a path in 8 bits is among the candidates, every rule of
// kRangeRules is tried: each costs one plan and kRangeTrials runs of it; the one whose int8 answers diverge least from
// the model's own in f32 is taken.
Status choose_ranges(Workbench& bench, const AdaptOptions& options);

}  // namespace rheo
