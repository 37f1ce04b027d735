// SPDX-License-Identifier: Apache-2.0
// The frozen lists of policies, kept so that they can be replayed on pictures that neither tuning nor certification
// saw.
#pragma once

#include <string>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>

#include "adapt/family.h"
#include "demo/packages.h"
#include "demo/row.h"
#include "infer/agreement_table.h"

namespace rheo::demo {

// The family's estimator and policies as JSON; its ladder stands in the package of the same name.
Status write_policies(const Family& family, const std::string& file);

// Every policy of the list of `spec`, replayed on all rows of `table`: what it costs and how often it differs from the
// reference path there. `table` and `ladder` hold every path of the model; costs are those of `ladder`.
Result<std::vector<Point>> replay_policies(const Sources& sources, const PackageSpec& spec, const AgreementTable& table,
                                           const Ladder& ladder, Point::Kind kind);

}  // namespace rheo::demo
