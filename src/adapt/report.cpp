// SPDX-License-Identifier: Apache-2.0
// AdaptReport as text for people and as JSON for programs.
#include <fmt/core.h>
#include <rheo/adapt.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace rheo {

namespace {

std::string ladder_text(const Ladder& ladder) {
  std::string text =
      fmt::format("{:<16}{:>12}{:>12}{:>16}{:>12}\n", "path", "median us", "p99 us", "multiply-adds", "agreement");
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const PathProfile& profile = ladder.profile(id);
    text += fmt::format("{:<16}{:>12.1f}{:>12.1f}{:>16.0f}{:>11.2f}%\n", ladder.name(id), profile.latency_us,
                        profile.latency_p99_us, profile.multiply_adds, profile.agreement * 100);
  }
  return text;
}

std::string rows_text(const AdaptReport& report) {
  std::string text = fmt::format("{:<34}{:>12}{:>14}{:>10}{:>12}\n", "policy, safest first", "mean us", "disagree (A)",
                                 "lost (B)", "p-value");
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const PolicyRow& row = report.rows[i];
    const bool chosen = report.chosen == static_cast<int>(i);
    text += fmt::format("{:<34}{:>12.1f}{:>13.2f}%", row.policy, row.cost_us, row.disagreement * 100);
    text += row.losses < 0 ? fmt::format("{:>10}{:>12}", "not read", "")
                           : fmt::format("{:>10}{:>12.4g}", row.losses, row.p_value);
    text += fmt::format("{}{}\n", row.certified ? "  certified" : "", chosen ? ", shipped" : "");
  }
  return text;
}

// What this read was worth, so that nobody takes a second look for a first one.
std::string read_text(const AdaptReport& report) {
  return fmt::format(
      "Read {0} of these inputs: it may spend 1/{1:.0f} of what may go wrong. Any further certification on them, with "
      "this seed or another, is read {2} and may spend half as much.\n",
      report.read, std::exp2(report.read), report.read + 1);
}

}  // namespace

std::string AdaptReport::to_string() const {
  std::string text = ladder_text(ladder);
  for (const DroppedPath& path : dropped) text += fmt::format("dropped {}: {}\n", path.path, path.reason);
  text += "\n" + rows_text(*this) + "\n";
  text += read_text(*this);
  if (certificate.inputs > 0) text += certificate.to_string() + "\n";
  return text + note;
}

std::string AdaptReport::to_json() const {
  using Json = nlohmann::ordered_json;
  Json paths = Json::array();
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const PathProfile& profile = ladder.profile(id);
    paths.push_back({{"path", ladder.name(id)},
                     {"latency_us", profile.latency_us},
                     {"latency_p99_us", profile.latency_p99_us},
                     {"multiply_adds", profile.multiply_adds},
                     {"agreement", profile.agreement},
                     {"temperature", profile.temperature}});
  }
  Json drops = Json::array();
  for (const DroppedPath& path : dropped) drops.push_back({{"path", path.path}, {"reason", path.reason}});
  Json policies = Json::array();
  for (const PolicyRow& row : rows) {
    policies.push_back({{"policy", row.policy},
                        {"cost_us", row.cost_us},
                        {"disagreement", row.disagreement},
                        {"losses", row.losses < 0 ? Json(nullptr) : Json(row.losses)},
                        {"p_value", row.p_value},
                        {"certified", row.certified}});
  }
  const Json json = {{"ladder", paths},
                     {"dropped", drops},
                     {"policies", policies},
                     {"chosen", chosen},
                     {"read", read},
                     {"adaptive", adaptive},
                     {"certificate",
                      {{"loss", name_of(certificate.loss)},
                       {"limit", certificate.limit},
                       {"confidence", certificate.confidence},
                       {"inputs", certificate.inputs},
                       {"losses", certificate.losses},
                       {"bound", certificate.bound},
                       {"read", certificate.read}}},
                     {"note", note}};
  return json.dump(2);
}

}  // namespace rheo
