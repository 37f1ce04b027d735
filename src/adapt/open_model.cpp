// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_model.h"

#include <utility>
#include <vector>

#include "base/try.h"
#include "load/import.h"
#include "load/plain_ladder.h"
#include "transform/pass.h"

namespace rheo {

Result<Package> open_model(const std::string& file, const ModelOptions& options, const LogSink& log) {
  if (!is_importable(file)) {
    if (!reads_pictures(options)) return read_package(file);
    return Status(StatusCode::invalid_argument, "'" + file +
                                                    "' is a package and says itself how stored pictures become its "
                                                    "input; leave mean, deviation and crop out.");
  }
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Graph> graph, import_model(file, options, log));
  Package package;
  std::vector<PassReport> reports;
  RHEO_ASSIGN_OR_RETURN(package.graph, optimize(std::move(graph), &reports));
  if (log) log(Severity::verbose, "Passes: " + describe(reports) + ".");
  RHEO_ASSIGN_OR_RETURN(package.ladder, plain_ladder(*package.graph));
  package.model_hash = model_hash(package);
  return package;
}

}  // namespace rheo
