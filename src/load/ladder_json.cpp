// SPDX-License-Identifier: Apache-2.0
#include "load/ladder_json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/json_value.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBatchLimit = 64;
constexpr std::int64_t kLargestBatch = 1 << 20;
constexpr double kLargest = 1e300;  // of times and counts: finite, and sums of a few stay so
constexpr std::size_t kWordLimitBytes = 1024;

std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

Json rung_to_json(const Path& path, const PathProfile& profile) {
  Json batches = Json::array();
  for (const BatchLatency& at : profile.batches) {
    batches.push_back({{"batch", at.batch}, {"latency_us", at.latency_us}});
  }
  Json rung = {{"precision", name_of(path.precision)},
               {"exit", path.exit},
               {"exit_index", path.exit_index},
               {"latency_us", profile.latency_us},
               {"latency_p99_us", profile.latency_p99_us},
               {"multiply_adds", profile.multiply_adds},
               {"agreement", profile.agreement},
               {"temperature", profile.temperature},
               {"batches", std::move(batches)}};
  // Only where there are some, so that ladders of one model and size stay readable by libraries that know no others.
  if (!path.variant.empty()) rung["variant"] = path.variant;
  if (!path.resolution.is_own()) rung["picture"] = {path.resolution.height, path.resolution.width};
  return rung;
}

Status read_batch(const JsonValue& item, const std::string& where, std::vector<BatchLatency>& batches) {
  BatchLatency at;
  JsonFields fields(item, where);
  fields.integer("batch", at.batch, 1, kLargestBatch);
  fields.real("latency_us", at.latency_us, 0, kLargest);
  RHEO_RETURN_IF_ERROR(fields.finish());
  if (!batches.empty() && batches.back().batch >= at.batch) {
    return broken(fmt::format("{}.batch is {}; batches must rise.", where, at.batch));
  }
  batches.push_back(at);
  return Status();
}

// Height and width, where the path computes on smaller pictures.
void read_resolution(JsonFields& fields, Path& path) {
  if (!fields.has("picture")) return;
  std::vector<std::int64_t> sizes;
  fields.integers("picture", sizes, kWordLimitBytes);
  constexpr std::int64_t kLargestSide = 1 << 20;
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kLargestSide; };
  if (!fields.ok()) return;
  if (sizes.size() != 2 || !fits(sizes[0]) || !fits(sizes[1])) {
    return fields.note(broken(fmt::format("{}.picture is no height and width.", fields.where())));
  }
  path.resolution = {static_cast<int>(sizes[0]), static_cast<int>(sizes[1])};
}

Result<const Graph*> read_variant(JsonFields& fields, std::span<const Variant> variants, const LoadLimits& limits,
                                  Path& path) {
  if (fields.has("variant")) fields.name("variant", path.variant, limits.name_bytes);
  for (const Variant& variant : variants) {
    if (variant.name == path.variant) return variant.graph.get();
  }
  return broken(fmt::format("{}: the package has no model '{}'.", fields.where(), path.variant));
}

Status read_path(JsonFields& fields, std::span<const Variant> variants, const LoadLimits& limits, Path& path) {
  RHEO_ASSIGN_OR_RETURN(const Graph* of_variant, read_variant(fields, variants, limits, path));
  const Graph& graph = *of_variant;
  std::string precision;
  fields.text("precision", precision, kWordLimitBytes);
  fields.name("exit", path.exit, limits.name_bytes);
  fields.integer("exit_index", path.exit_index, 0, graph.stage_count() - 1);
  read_resolution(fields, path);
  if (fields.ok()) {
    const Result<Precision> known = precision_from_name(precision);
    if (!known) return broken(fmt::format("{}.precision: {}", fields.where(), known.status().message()));
    path.precision = *known;
    const std::string& exit = graph.exits()[static_cast<std::size_t>(path.exit_index)].name;
    if (exit != path.exit) {
      return broken(
          fmt::format("{}: exit {} of the graph is '{}', not '{}'.", fields.where(), path.exit_index, exit, path.exit));
    }
  }
  return Status();
}

Status read_rung(const JsonValue& item, const std::string& where, std::span<const Variant> variants,
                 const LoadLimits& limits, std::vector<Ladder::Rung>& rungs) {
  Ladder::Rung rung;
  PathProfile& profile = rung.profile;
  JsonFields fields(item, where);
  RHEO_RETURN_IF_ERROR(read_path(fields, variants, limits, rung.path));
  fields.real("latency_us", profile.latency_us, 0, kLargest);
  fields.real("latency_p99_us", profile.latency_p99_us, 0, kLargest);
  fields.real("multiply_adds", profile.multiply_adds, 0, kLargest);
  fields.real("agreement", profile.agreement, 0, 1);
  fields.real("temperature", profile.temperature, 1e-6, 1e6);
  fields.array("batches", kBatchLimit, [&](const JsonValue& batch, const std::string& place) {
    return read_batch(batch, place, profile.batches);
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  rungs.push_back(std::move(rung));
  return Status();
}

Result<JsonValue> parse_section(const std::string& text, std::string_view section, const LoadLimits& limits) {
  Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context(section);
  return root;
}

}  // namespace

std::string ladder_to_json(const Ladder& ladder) {
  Json rungs = Json::array();
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    rungs.push_back(rung_to_json(ladder.path(id), ladder.profile(id)));
  }
  return to_text(Json{{"rungs", std::move(rungs)}});
}

Result<Ladder> ladder_from_json(const std::string& text, std::span<const Variant> variants, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const JsonValue root, parse_section(text, "ladder", limits));
  std::vector<Ladder::Rung> rungs;
  JsonFields fields(root, "ladder");
  fields.array("rungs", kMaxPaths, [&](const JsonValue& item, const std::string& where) {
    return read_rung(item, where, variants, limits, rungs);
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  if (rungs.empty()) return Ladder();
  Result<Ladder> ladder = Ladder::create(std::move(rungs));
  if (!ladder) return broken("ladder: " + ladder.status().message());
  const Path& reference = ladder->path(ladder->reference());
  if (reference.variant != variants.back().name || reference.exit_index != variants.back().graph->stage_count() - 1) {
    return broken("ladder: its last rung is not the last model's last exit.");
  }
  return ladder;
}

std::string ranges_to_json(const Ranges& ranges) {
  Json all = Json::array();
  for (const auto& [name, range] : ranges) {
    all.push_back({{"value", name}, {"low", range.low}, {"high", range.high}});
  }
  return to_text(Json{{"ranges", std::move(all)}});
}

Result<Ranges> ranges_from_json(const std::string& text, const Graph& graph, const LoadLimits& limits) {
  RHEO_ASSIGN_OR_RETURN(const JsonValue root, parse_section(text, "ranges", limits));
  std::set<std::string_view> names;
  for (const Value& value : graph.values()) names.insert(value.name);
  constexpr double kFloatMax = std::numeric_limits<float>::max();
  Ranges ranges;
  JsonFields fields(root, "ranges");
  fields.array("ranges", names.size(), [&](const JsonValue& item, const std::string& where) {
    std::string name;
    double low = 0;
    double high = 0;
    JsonFields range(item, where);
    range.name("value", name, limits.name_bytes);
    range.real("low", low, -kFloatMax, kFloatMax);
    range.real("high", high, -kFloatMax, kFloatMax);
    RHEO_RETURN_IF_ERROR(range.finish());
    if (low > high) return broken(fmt::format("{}: low {} is above high {}.", where, low, high));
    if (!names.contains(name)) return broken(fmt::format("{}: the graph has no value '{}'.", where, name));
    if (!ranges.emplace(name, ValueRange{static_cast<float>(low), static_cast<float>(high)}).second) {
      return broken(fmt::format("{}: the value '{}' has two ranges.", where, name));
    }
    return Status();
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  return ranges;
}

}  // namespace rheo
