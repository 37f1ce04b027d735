// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_model.h"

#include <utility>
#include <vector>

#include "base/try.h"
#include "load/import.h"
#include "transform/pass.h"

namespace rheo {

namespace {

Result<Ladder> plain_ladder(const Graph& graph) {
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < graph.exits().size(); ++i) {
    Ladder::Rung rung;
    rung.path.exit = graph.exits()[i].name;
    rung.path.exit_index = static_cast<int>(i);
    RHEO_ASSIGN_OR_RETURN(const std::int64_t work, multiply_adds(graph, static_cast<int>(i)));
    rung.profile.multiply_adds = static_cast<double>(work);
    rung.profile.latency_us =
        static_cast<double>(work) * 1e-4;  // a guess that keeps the order; nothing is measured yet
    rungs.push_back(std::move(rung));
  }
  return Ladder::create(std::move(rungs));
}

}  // namespace

Result<Package> open_model(const std::string& file, const std::string& plugin_dir, const LogSink& log) {
  if (!is_importable(file)) return read_package(file);
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Graph> graph, import_model(file, plugin_dir, log));
  Package package;
  RHEO_ASSIGN_OR_RETURN(package.graph, optimize(std::move(graph)));
  RHEO_ASSIGN_OR_RETURN(package.ladder, plain_ladder(*package.graph));
  package.model_hash = model_hash(package);
  return package;
}

}  // namespace rheo
