// SPDX-License-Identifier: Apache-2.0
// From a workbench to a package: tune, certify, guard, wrap up. `adapt` is this plus opening, counting and writing.
#pragma once

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "adapt/family.h"
#include "adapt/guard.h"
#include "adapt/workbench.h"
#include "load/package.h"

namespace rheo {

struct Adapted {
  AdaptReport report = {};
  Package package;
};

// The package as it is before anything is promised: the model, its paths, and what every path answers on this host.
// internal when a path does not compute here what its graph says. Looks at nothing of half B, so that a host whose
// kernels fail spends no read.
Result<Package> draft_package(const Workbench& bench, const Family& family);

// Certifies a tuned family on half B, measures the cheapest of what passed end to end, and wraps up the fastest.
// `read`: the number that spend_read (reads.h) gave this certification; it must have been spent before this is called.
Result<Adapted> certify_model(const Workbench& bench, const Family& family, Package draft, const AdaptOptions& options,
                              int read);

// The same with the tuning and the draft before it.
Result<Adapted> adapt_model(const Workbench& bench, const AdaptOptions& options, int read);

// What is shipped, given what half B and the clock said: with a policy and its certificate when one was certified and
// it pays, else the reference path alone. Measures nothing. `guard` is not looked at when nothing was certified.
Result<Adapted> wrap_up(const Workbench& bench, const Family& family, Package draft, const CertifiedFamily& certified,
                        const GuardVerdict& guard, const AdaptOptions& options, int read);

}  // namespace rheo
