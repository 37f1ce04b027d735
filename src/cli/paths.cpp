// SPDX-License-Identifier: Apache-2.0
#include "cli/paths.h"

#include "base/try.h"

namespace rheo::cli {

Result<std::string> path_of_precision(const Ladder& ladder, const std::string& name) {
  RHEO_ASSIGN_OR_RETURN(const Precision precision, precision_from_name(name));
  for (std::size_t i = ladder.size(); i-- > 0;) {  // the deepest exit of it comes last
    const PathId id{static_cast<std::uint8_t>(i)};
    Path wanted = ladder.path(ladder.reference());
    wanted.precision = precision;
    if (ladder.path(id).shares_plan(wanted) && ladder.path(id).exit_index == wanted.exit_index) {
      return std::string(ladder.name(id));
    }
  }
  return Status(StatusCode::not_found, "The model has no path in " + name +
                                           " to its last exit; 'rheo adapt' makes "
                                           "paths in other precisions.");
}

Result<std::string> asked_path(const Ladder& ladder, const std::string& path,
                               const std::vector<std::string>& precisions) {
  if (!path.empty() || precisions.empty()) return path;
  if (precisions.size() == 1) return path_of_precision(ladder, precisions.front());
  return Status(StatusCode::invalid_argument,
                "--precision names several, but a request runs one path: name one precision, or the path with --path.");
}

}  // namespace rheo::cli
