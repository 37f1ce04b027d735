// SPDX-License-Identifier: Apache-2.0
#include "load/import_refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>

namespace rheo {

Status MissingOperators::status() const {
  if (found_.empty()) return {};
  constexpr std::size_t kPlacesNamed = 3;
  std::map<std::string, std::vector<std::string>> places;
  for (const auto& [op, place] : found_) places[op].push_back(place);
  std::string list;
  for (const auto& [op, where] : places) {
    const std::size_t named = std::min(where.size(), kPlacesNamed);
    list += fmt::format("{}{} (node {}{})", list.empty() ? "" : ", ", op,
                        fmt::join(where.begin(), where.begin() + static_cast<std::ptrdiff_t>(named), ", "),
                        where.size() > named ? fmt::format(" and {} more", where.size() - named) : "");
  }
  return {StatusCode::unsupported, fmt::format("Rheo lacks {} operator{} of this model: {}.", places.size(),
                                               places.size() == 1 ? "" : "s", list)};
}

Status blame_model(const Status& status, const ImportPlace& place) {
  if (status.ok()) return status;
  const StatusCode code = status.code() == StatusCode::invalid_argument ? StatusCode::unsupported : status.code();
  const bool names_it = status.message().find("'" + place.name + "'") != std::string::npos;
  const Status blamed(code, status.message());
  return names_it ? blamed : blamed.with_context("node " + place.text());
}

}  // namespace rheo
