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
    if (row.right_lost >= 0) text += fmt::format("  right: -{} +{}", row.right_lost, row.right_won);
    if (row.measured_us >= 0) text += fmt::format("  timed: {:.1f} us", row.measured_us);
    text += fmt::format("{}{}\n", row.certified ? "  certified" : "", chosen ? ", shipped" : "");
  }
  return text;
}

using Json = nlohmann::ordered_json;

// -1 stands for what was not counted.
Json count_json(std::int64_t count) { return count < 0 ? Json(nullptr) : Json(count); }

Json certificate_json(const Certificate& certificate) {
  if (certificate.promises.empty()) return nullptr;
  Json promises = Json::array();
  for (const CertifiedRisk& risk : certificate.promises) {
    promises.push_back({{"loss", name_of(risk.loss)},
                        {"limit", risk.limit},
                        {"bound", risk.bound},
                        {"losses", risk.losses},
                        {"gains", risk.gains}});
  }
  return {{"promises", std::move(promises)},
          {"confidence", certificate.confidence},
          {"inputs", certificate.inputs},
          {"read", certificate.read},
          {"holds", certificate.holds()}};
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
  text += fmt::format("\n{}\n", rows_text(*this));
  text += read_text(*this);
  if (!certificate.promises.empty()) text += certificate.to_string() + "\n";
  return text + note;
}

std::string AdaptReport::to_json() const {
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
                        {"losses", count_json(row.losses)},
                        {"right_lost", count_json(row.right_lost)},
                        {"right_won", count_json(row.right_won)},
                        {"p_value", row.p_value},
                        {"certified", row.certified},
                        {"measured_us", row.measured_us < 0 ? Json(nullptr) : Json(row.measured_us)}});
  }
  const Json json = {{"ladder", paths},
                     {"dropped", drops},
                     {"policies", policies},
                     {"chosen", chosen},
                     {"read", read},
                     {"adaptive", adaptive},
                     {"certificate", certificate_json(certificate)},
                     {"note", note}};
  return json.dump(2);
}

}  // namespace rheo
