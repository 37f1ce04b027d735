// SPDX-License-Identifier: Apache-2.0
#include "policy/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include "base/try.h"
#include "policy/fixed.h"
#include "policy/thresholds.h"
#include "policy/tradeoff.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

Status bad(const std::string& what) {
  return {StatusCode::bad_format, "The policy text is not valid: " + what + "; adapt the model again."};
}

// Exactly these fields, no more and no fewer.
Status check_fields(const Json& object, std::initializer_list<std::string_view> fields) {
  if (!object.is_object()) return bad("an object was expected, found " + std::string(object.type_name()));
  for (const auto& [key, value] : object.items()) {
    if (std::find(fields.begin(), fields.end(), key) == fields.end()) return bad("unknown field '" + key + "'");
  }
  for (const std::string_view field : fields) {
    if (!object.contains(std::string(field))) return bad("field '" + std::string(field) + "' is missing");
  }
  return {};
}

Result<PathId> read_path(const Json& value, const Ladder& ladder) {
  if (!value.is_string()) return bad("a path must be a name");
  const Result<PathId> path = ladder.find(value.get_ref<const std::string&>());
  if (!path) return bad(path.status().message());
  return *path;
}

// The shortest decimal that reads back as the same float; a double would print nine more digits of noise.
Json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.begin(), text.end(), value);
  double shortest = 0;
  std::from_chars(text.data(), written.ptr, shortest);
  return shortest;
}

Result<std::shared_ptr<const Policy>> read_fixed(const Json& object, const Ladder& ladder) {
  RHEO_RETURN_IF_ERROR(check_fields(object, {"kind", "path"}));
  RHEO_ASSIGN_OR_RETURN(const PathId path, read_path(object["path"], ladder));
  return make_fixed_policy(path);
}

Result<Json> write_fixed(const Policy& policy, const Ladder& ladder) {
  const auto* fixed = dynamic_cast<const FixedPolicy*>(&policy);
  if (fixed == nullptr) return Json();
  return Json{{"kind", "fixed"}, {"path", ladder.name(fixed->path())}};
}

Result<std::shared_ptr<const Policy>> read_thresholds(const Json& object, const Ladder& ladder) {
  RHEO_RETURN_IF_ERROR(check_fields(object, {"kind", "rungs"}));
  if (!object["rungs"].is_array() || object["rungs"].size() > kMaxPaths) return bad("'rungs' must be a short list");
  std::vector<ThresholdsRung> rungs;
  for (const Json& rung : object["rungs"]) {
    RHEO_RETURN_IF_ERROR(check_fields(rung, {"path", "margin"}));
    RHEO_ASSIGN_OR_RETURN(const PathId path, read_path(rung["path"], ladder));
    if (!rung["margin"].is_number()) return bad("'margin' must be a number");
    rungs.push_back({path, rung["margin"].get<float>()});
  }
  auto policy = make_thresholds_policy(std::move(rungs));
  if (!policy) return bad(policy.status().message());
  return policy;
}

Result<Json> write_thresholds(const Policy& policy, const Ladder& ladder) {
  const auto* thresholds = dynamic_cast<const ThresholdsPolicy*>(&policy);
  if (thresholds == nullptr) return Json();
  Json rungs = Json::array();
  for (const ThresholdsRung& rung : thresholds->rungs()) {
    rungs.push_back({{"path", ladder.name(rung.path)}, {"margin", number(rung.margin)}});
  }
  return Json{{"kind", "thresholds"}, {"rungs", std::move(rungs)}};
}

// One ACTION: null or kBins numbers, appended to `cells`.
Status read_action(const Json& action, std::vector<float>& cells) {
  if (action.is_null()) {
    cells.insert(cells.end(), TradeoffTable::kBins, std::numeric_limits<float>::infinity());
    return {};
  }
  if (!action.is_array() || action.size() != static_cast<std::size_t>(TradeoffTable::kBins)) {
    return bad("each action in 'expected_us' must be null or " + std::to_string(TradeoffTable::kBins) + " numbers");
  }
  for (const Json& cell : action) {
    if (!cell.is_number() && !cell.is_null()) return bad("'expected_us' must hold numbers or null");
    cells.push_back(cell.is_null() ? std::numeric_limits<float>::infinity() : cell.get<float>());
  }
  return {};
}

Result<std::shared_ptr<const Policy>> read_tradeoff(const Json& object, const Ladder& ladder) {
  RHEO_RETURN_IF_ERROR(check_fields(object, {"kind", "price_us", "paths", "expected_us"}));
  const Json& names = object["paths"];
  if (!names.is_array() || names.size() != ladder.size()) return bad("'paths' must list the paths of the ladder");
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(const PathId path, read_path(names[i], ladder));
    if (path.index != i) return bad("'paths' must list the paths in the ladder's order");
  }
  if (!object["price_us"].is_number()) return bad("'price_us' must be a number");
  TradeoffTable table{object["price_us"].get<double>(), static_cast<int>(ladder.size()), {}};
  const Json& rows = object["expected_us"];
  if (!rows.is_array() || rows.size() != ladder.size() + 1) return bad("'expected_us' needs one row per path, and one");
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() != ladder.size()) return bad("a row of 'expected_us' needs one action per path");
    for (const Json& action : row) RHEO_RETURN_IF_ERROR(read_action(action, table.expected_us));
  }
  auto policy = make_tradeoff_policy(std::move(table));
  if (!policy) return bad(policy.status().message());
  return policy;
}

Json write_action(const float* cells) {
  if (std::none_of(cells, cells + TradeoffTable::kBins, [](float us) { return std::isfinite(us); })) return nullptr;
  Json action = Json::array();
  for (int bin = 0; bin < TradeoffTable::kBins; ++bin) action.push_back(number(cells[bin]));
  return action;
}

Result<Json> write_tradeoff(const Policy& policy, const Ladder& ladder) {
  const auto* tradeoff = dynamic_cast<const TradeoffPolicy*>(&policy);
  if (tradeoff == nullptr) return Json();
  const TradeoffTable& table = tradeoff->table();
  if (table.paths != static_cast<int>(ladder.size())) {
    return Status(StatusCode::invalid_argument, "The trade-off table has " + std::to_string(table.paths) +
                                                    " paths, the ladder " + std::to_string(ladder.size()) + ".");
  }
  Json names = Json::array();
  for (std::size_t i = 0; i < ladder.size(); ++i) names.push_back(ladder.name(PathId{static_cast<std::uint8_t>(i)}));
  Json rows = Json::array();
  const float* cells = table.expected_us.data();
  for (std::size_t row = 0; row <= ladder.size(); ++row) {
    Json actions = Json::array();
    for (std::size_t path = 0; path < ladder.size(); ++path, cells += TradeoffTable::kBins) {
      actions.push_back(write_action(cells));
    }
    rows.push_back(std::move(actions));
  }
  return Json{{"kind", "tradeoff"}, {"price_us", table.price_us}, {"paths", names}, {"expected_us", std::move(rows)}};
}

// Every kind of policy that has a text. A new one is one line here.
struct Kind {
  std::string_view name;
  Result<std::shared_ptr<const Policy>> (*read)(const Json& object, const Ladder& ladder);
  Result<Json> (*write)(const Policy& policy, const Ladder& ladder);  // null for a policy of another kind
};
constexpr std::array<Kind, 3> kKinds = {{
    {"fixed", read_fixed, write_fixed},
    {"thresholds", read_thresholds, write_thresholds},
    {"tradeoff", read_tradeoff, write_tradeoff},
}};

}  // namespace

Result<std::shared_ptr<const Policy>> policy_from_json(std::string_view text, const Ladder& ladder) {
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return bad("it is no JSON");
  if (!object.is_object() || !object.contains("kind") || !object["kind"].is_string()) return bad("'kind' is missing");
  for (const Kind& kind : kKinds) {
    if (object["kind"] == kind.name) return kind.read(object, ladder);
  }
  return bad("unknown kind '" + object["kind"].get<std::string>() + "'; known are fixed, thresholds and tradeoff");
}

Result<std::string> policy_to_json(const Policy& policy, const Ladder& ladder) {
  for (const Kind& kind : kKinds) {
    RHEO_ASSIGN_OR_RETURN(const Json object, kind.write(policy, ladder));
    if (!object.is_null()) return object.dump();
  }
  return Status(StatusCode::unsupported, "A policy of the host's own (" + std::string(policy.name()) +
                                             ") cannot be written as text; give it to Engine::load instead.");
}

}  // namespace rheo
