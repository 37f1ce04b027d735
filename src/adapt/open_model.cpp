// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_model.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/try.h"
#include "load/model_format.h"
#include "load/plain_ladder.h"
#include "transform/eight_bit.h"
#include "transform/pass.h"

namespace rheo {

namespace {

Status check_precisions(const Graph& graph, std::span<const Precision> precisions) {
  if (std::ranges::find(precisions, Precision::int8) == precisions.end() || is_quantised(graph)) return {};
  return {StatusCode::unsupported,
          "The model is not quantised, and int8 needs the ranges of its values. Make int8 paths with 'rheo adapt', "
          "which measures them, or load a quantised ONNX file."};
}

}  // namespace

Result<Package> open_model(const std::string& file, const ModelOptions& options, const LogSink& log,
                           std::span<const Precision> precisions) {
  RHEO_ASSIGN_OR_RETURN(const ModelFormat format, format_of_file(file, options.limits));
  if (format == ModelFormat::package) {
    if (!options.weights.empty()) {
      return Status(StatusCode::invalid_argument, "'" + file +
                                                      "' is a package, whose weights were adapted with it; give other "
                                                      "weights to the model that it is made from.");
    }
    if (!reads_pictures(options)) return read_package(file, options.limits);
    return Status(StatusCode::invalid_argument, "'" + file +
                                                    "' is a package and says itself how stored pictures become its "
                                                    "input; leave mean, deviation and crop out.");
  }
  RHEO_ASSIGN_OR_RETURN(const ModelFile model, ModelFile::open(file, options, log));
  return open_model(model, options, log, precisions);
}

Result<Package> open_model(const ModelFile& file, const ModelOptions& options, const LogSink& log,
                           std::span<const Precision> precisions) {
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Graph> graph, file.import(options, log));
  Package package;
  std::vector<PassReport> reports;
  RHEO_ASSIGN_OR_RETURN(package.graph, optimize(std::move(graph), &reports));
  if (log) log(Severity::verbose, "Passes: " + describe(reports) + ".");
  RHEO_RETURN_IF_ERROR(check_precisions(*package.graph, precisions));
  RHEO_ASSIGN_OR_RETURN(package.ladder, plain_ladder(*package.graph, precisions));
  package.model_hash = model_hash(package);
  return package;
}

}  // namespace rheo
