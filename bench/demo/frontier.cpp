// SPDX-License-Identifier: Apache-2.0
#include "demo/frontier.h"

#include <nlohmann/json.hpp>
#include <numeric>

#include "adapt/table.h"
#include "base/try.h"
#include "estimate/json.h"
#include "load/file.h"
#include "load/package.h"
#include "policy/json.h"

namespace rheo::demo {

namespace {

using Json = nlohmann::ordered_json;

// The paths that a package kept, with the costs of the ladder of all paths.
Result<Ladder> costed(const Ladder& kept, const Ladder& all, std::vector<PathId>& columns) {
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    RHEO_ASSIGN_OR_RETURN(const PathId column, all.find(kept.name(id)));
    columns.push_back(column);
    Ladder::Rung rung{kept.path(id), kept.profile(id)};
    rung.profile.latency_us = all.profile(column).latency_us;
    rungs.push_back(std::move(rung));
  }
  return Ladder::create(std::move(rungs));
}

}  // namespace

Status write_policies(const Family& family, const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const std::string estimator, estimator_to_json(*family.estimator));
  Json json = {{"estimator", Json::parse(estimator)}, {"policies", Json::array()}};
  for (const TunedPolicy& tuned : family.policies) {
    RHEO_ASSIGN_OR_RETURN(const std::string policy, policy_to_json(*tuned.policy, family.ladder));
    json["policies"].push_back({{"name", tuned.name}, {"policy", Json::parse(policy)}});
  }
  return write_text(json.dump(), file);
}

Result<std::vector<Point>> replay_policies(const Sources& sources, const PackageSpec& spec, const AgreementTable& table,
                                           const Ladder& ladder, Point::Kind kind) {
  const std::string file = policies_file(sources, spec);
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(package_file(sources, spec)));
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file));
  const auto* text = reinterpret_cast<const char*>(content.bytes.data());
  const Json json = Json::parse(text, text + content.bytes.size(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("estimator") || !json.contains("policies"))
    return Status(StatusCode::bad_format, file + " is no list of policies; remove its folder and run again.");
  std::vector<PathId> columns;
  RHEO_ASSIGN_OR_RETURN(const Ladder kept, costed(package.ladder, ladder, columns));
  AgreementTable rows_of_kept = table.with_paths(columns);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    rows_of_kept.set_temperature(id, static_cast<float>(kept.profile(id).temperature));
  }
  RHEO_ASSIGN_OR_RETURN(const auto estimator, estimator_from_json(json["estimator"].dump(), kept));
  std::vector<int> rows(table.inputs());
  std::iota(rows.begin(), rows.end(), 0);
  const ReplaySet set{rows_of_kept, kept, *estimator, rows};
  std::vector<Point> points;
  for (const Json& entry : json["policies"]) {
    RHEO_ASSIGN_OR_RETURN(const auto policy, policy_from_json(entry["policy"].dump(), kept));
    RHEO_ASSIGN_OR_RETURN(const Replay replayed, replay(set, *policy));
    points.push_back({entry.value("name", ""), replayed.cost_us, replayed.disagreement, kind});
  }
  return points;
}

}  // namespace rheo::demo
