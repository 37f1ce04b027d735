// SPDX-License-Identifier: Apache-2.0
#include "observe/record_json.h"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace rheo {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no NaN: an unusable number is null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json evidence_json(const RunRecord& record, const Evidence& evidence) {
  return {{"path", record.ladder->name(evidence.path)},
          {"answer", evidence.answer},
          {"top_probability", number(evidence.top_probability)},
          {"margin", number(evidence.margin)},
          {"entropy", number(evidence.entropy)},
          {"agreement", number(evidence.agreement)},
          {"usable", evidence.usable},
          {"cost_us", number(evidence.cost_us)}};
}

std::string answer_name(const Evidence& evidence, std::span<const std::string> labels) {
  const auto index = static_cast<std::size_t>(evidence.answer);
  if (evidence.answer < 0 || index >= labels.size()) return std::to_string(evidence.answer);
  return fmt::format("{} ({})", evidence.answer, labels[index]);
}

}  // namespace

std::string record_to_json(const RunRecord& record) {
  Json steps = Json::array();
  for (const Evidence& evidence : record.evidence) steps.push_back(evidence_json(record, evidence));
  const InputStatistics& statistics = record.statistics;
  const Json json = {{"asked", record.asked},
                     {"path", record.path},
                     {"policy", record.policy},
                     {"reason",
                      {{"measure", name_of(record.decided.measure)},
                       {"value", number(record.decided.value)},
                       {"threshold", number(record.decided.threshold)}}},
                     {"certified", record.certified},
                     {"interrupted", name_of(record.interrupted)},
                     {"score", number(record.score)},
                     {"statistics",
                      {{"mean", number(statistics.mean)},
                       {"variance", number(statistics.variance)},
                       {"gradient_energy", number(statistics.gradient_energy)},
                       {"entropy", number(statistics.entropy)}}},
                     {"steps", steps},
                     {"cost",
                      {{"statistics_us", number(record.statistics_us)},
                       {"deciding_us", number(record.deciding_us)},
                       {"building_us", number(record.building_us)},
                       {"total_us", number(record.total_us)}}}};
  return json.dump();
}

std::string explain(const RunRecord& record, std::span<const std::string> labels) {
  std::string text;
  if (!record.asked.empty()) text += fmt::format("The caller asked for path {}.\n", record.asked);
  text += fmt::format(
      "Before any step: complexity {:.2f} (mean {:.3f}, variance {:.4f}, gradient energy {:.4f}, entropy {:.2f}).\n",
      record.score, record.statistics.mean, record.statistics.variance, record.statistics.gradient_energy,
      record.statistics.entropy);
  int step = 1;
  for (const Evidence& evidence : record.evidence) {
    text += fmt::format(
        "Step {}: {} answered {} with top probability {:.3f}, margin {:.3f}, chance of agreeing with the "
        "reference {:.4f}; {:.1f} us{}.\n",
        step++, record.ladder->name(evidence.path), answer_name(evidence, labels), evidence.top_probability,
        evidence.margin, evidence.agreement, evidence.cost_us,
        evidence.usable ? "" : "; not usable, a logit was NaN or infinite");
  }
  text += fmt::format("Answered with {} because {} (policy {}, {}).\n", record.path, record.reason(), record.policy,
                      record.certified ? "certified" : "not certified");
  if (record.interrupted != StatusCode::ok)
    text += fmt::format("The request was cut short: {}.\n", name_of(record.interrupted));
  text += fmt::format("Cost: {:.1f} us in all; statistics {:.2f} us, deciding {:.2f} us{}.\n", record.total_us,
                      record.statistics_us, record.deciding_us,
                      record.building_us > 0 ? fmt::format(", building plans {:.0f} us", record.building_us) : "");
  return text;
}

}  // namespace rheo
