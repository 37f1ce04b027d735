// SPDX-License-Identifier: Apache-2.0
// Chooses kernels and layouts by measuring them on this host. `adapt` calls it, ahead of time.
#pragma once

#include <memory>

#include <rheo/status.h>

#include "plan/kernel_selection.h"
#include "plan/plan.h"

namespace rheo {

// The kernel and output layout of every node of `graph` that make its plan for `options` fastest here; give them to
// make_plan as PlanOptions::choices. options.choices is ignored, and nothing is kept in options.weights.
//
// Every kernel that accepts a call is timed on buffers of the real size, in every layout, and so is every change of
// layout; then layouts are chosen for the whole graph at once (layout_search.h). The result is timed end to end against
// the plan without measured choices, and the better of the two is returned. Earlier stages count more than later ones,
// because every input runs them. Takes tens of milliseconds for small graphs, some seconds for large ones.
// Whether the chosen kernels compute the right thing is for the caller to check. Errors are those of make_plan.
Result<KernelChoices> measure_choices(std::shared_ptr<const Graph> graph, const PlanOptions& options);

// The same with lists of the caller's choice.
Result<KernelChoices> measure_choices_from(const KernelLists& lists, std::shared_ptr<const Graph> graph,
                                           const PlanOptions& options);

}  // namespace rheo
