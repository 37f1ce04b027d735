// SPDX-License-Identifier: Apache-2.0
// Mixed precision by measured damage: which layers stay out of 8 bits. Sees half A alone.
#pragma once

#include <cstddef>

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "adapt/workbench.h"

namespace rheo {

// A search builds at most so many plans of a model and runs them, of half A's inputs, so often:
inline constexpr std::size_t kMostProbes = 64;   // plans with one layer, or one group of neighbours, kept out
inline constexpr std::size_t kProbeInputs = 64;  // runs of each
inline constexpr std::size_t kMostSets = 8;      // plans with 1, 2, 4 ... of the layers that gain most kept out
inline constexpr std::size_t kSetInputs = 400;   // runs of each, and of int8, bf16 and f32 beside them

// Fills in Variant::mixed of every model with a mixed path among the candidates: the layers whose 8 bits move the
// answers furthest from the model's own in f32, so many that the plan disagrees on at most the share that was promised,
// in bf16 or in f32, whichever ran faster here. A mixed path that is no better than int8, or no cheaper than the wider
// type alone, is no candidate any more; Workbench::refused says why.
Status choose_mixed(Workbench& bench, const AdaptOptions& options);

}  // namespace rheo
