// SPDX-License-Identifier: Apache-2.0
// Paths that a command line names by their precision alone.
#pragma once

#include <string>
#include <vector>

#include <rheo/path.h>

namespace rheo::cli {

// The path in the precision called `name` that goes to the reference path's exit of the reference path's model.
// not_found: there is none, with what makes one.
Result<std::string> path_of_precision(const Ladder& ladder, const std::string& name);

// What one request runs: `path` where it is named, else the path of the one precision in `precisions`; empty: the
// policy decides. invalid_argument: several precisions, of which a single request cannot run all.
Result<std::string> asked_path(const Ladder& ladder, const std::string& path,
                               const std::vector<std::string>& precisions);

}  // namespace rheo::cli
