// SPDX-License-Identifier: Apache-2.0
// From a workbench to a package: tune, certify, guard, wrap up. `adapt` is this plus opening and writing files.
#pragma once

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "adapt/workbench.h"
#include "load/package.h"

namespace rheo {

struct Adapted {
  AdaptReport report;
  Package package;
};

// `read`: number of this read of the certification split; it certifies at delta / 2^read... see ledger.h.
Result<Adapted> adapt_model(const Workbench& bench, const AdaptOptions& options, int read);

// Names the certification split of a workbench in the ledger.
std::string certification_fingerprint(const Workbench& bench, std::uint64_t seed);

}  // namespace rheo
