// SPDX-License-Identifier: Apache-2.0
// The form of a record. What is written here is read back, field by field, in trace.cpp.
#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include <rheo/observe.h>

#include "observe/trace.h"

namespace rheo {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// The shortest decimal that reads back as the same float; as a double it would carry nine more digits of noise.
Json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.begin(), text.end(), value);
  double shortest = 0;
  std::from_chars(text.begin(), written.ptr, shortest);
  return static_cast<float>(shortest) == value ? shortest : double{value};
}

std::string_view name_in(const RunRecord& record, PathId path) {
  const bool known = record.ladder != nullptr && path.index < record.ladder->size();
  return known ? record.ladder->name(path) : std::string_view("unknown");
}

Json reason_json(const Reason& reason) {
  return {
      {"measure", name_of(reason.measure)}, {"value", number(reason.value)}, {"threshold", number(reason.threshold)}};
}

Json evidence_json(const RunRecord& record, const Evidence& evidence) {
  return {{"path", name_in(record, evidence.path)},
          {"answer", evidence.answer},
          {"top_probability", number(evidence.top_probability)},
          {"margin", number(evidence.margin)},
          {"entropy", number(evidence.entropy)},
          {"agreement", number(evidence.agreement)},
          {"usable", evidence.usable},
          {"cost_us", number(evidence.cost_us)},
          {"reason", reason_json(evidence.reason)}};
}

// Of the path that answered; empty without an answer.
std::string_view precision_used(const RunRecord& record) {
  if (record.ladder == nullptr || record.path.empty()) return {};
  const Result<PathId> path = record.ladder->find(record.path);
  return path ? name_of(record.ladder->path(*path).precision) : std::string_view();
}

std::string answer_name(const Evidence& evidence, std::span<const std::string> labels) {
  const auto index = static_cast<std::size_t>(evidence.answer);
  if (evidence.answer < 0 || index >= labels.size()) return std::to_string(evidence.answer);
  return fmt::format("{} ({})", evidence.answer, labels[index]);
}

std::string ending(const RunRecord& record) {
  std::string text;
  if (!record.path.empty()) {
    text = fmt::format("Answered with {} because {} (policy {}, {}).\n", record.path, record.reason(), record.policy,
                       record.certified ? "certified" : "not certified");
  } else {
    text = fmt::format("There is no answer: {} (policy {}).\n", name_of(record.interrupted), record.policy);
  }
  if (!record.unfinished.empty()) text += fmt::format("Path {} was asked for but not finished.\n", record.unfinished);
  if (record.interrupted != StatusCode::ok && !record.path.empty()) {
    text += fmt::format("The request was cut short: {}.\n", name_of(record.interrupted));
  }
  return text;
}

}  // namespace

std::string to_json(const RunRecord& record) {
  Json steps = Json::array();
  for (const Evidence& evidence : record.evidence) steps.push_back(evidence_json(record, evidence));
  const InputStatistics& statistics = record.statistics;
  Json json = {{"record", kRecordVersion},
               {"request", record.request},
               {"item", record.item},
               {"model", record.model},
               {"policy", record.policy},
               {"estimator", record.estimator},
               {"asked", record.asked},
               {"path", record.path},
               {"precision", precision_used(record)},
               {"unfinished", record.unfinished},
               {"device", record.device},
               {"isa", record.isa},
               {"reason", reason_json(record.decided)},
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
  if (!record.sizes.empty()) json["sizes"] = record.sizes;
  // A name of the host's own may be no UTF-8; it must not end in an exception.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string explain(const RunRecord& record, std::span<const std::string> labels) {
  std::string text;
  if (!record.sizes.empty()) text += fmt::format("Computed in {}.\n", record.sizes);
  if (!record.asked.empty()) text += fmt::format("The caller asked for path {}.\n", record.asked);
  text += fmt::format(
      "Before any step: complexity {:.2f} (mean {:.3f}, variance {:.4f}, gradient energy {:.4f}, entropy {:.2f}).\n",
      record.score, record.statistics.mean, record.statistics.variance, record.statistics.gradient_energy,
      record.statistics.entropy);
  int step = 1;
  for (const Evidence& evidence : record.evidence) {
    if (evidence.usable && evidence.answer < 0) {  // no classifier
      text += fmt::format("Step {}: {}, because {}; {:.1f} us.\n", step++, name_in(record, evidence.path),
                          evidence.reason.to_string(), evidence.cost_us);
      continue;
    }
    text += fmt::format(
        "Step {}: {}, because {}. It answered {} with top probability {:.3f}, margin {:.3f}, chance of agreeing with "
        "the reference {:.4f}; {:.1f} us{}.\n",
        step++, name_in(record, evidence.path), evidence.reason.to_string(), answer_name(evidence, labels),
        evidence.top_probability, evidence.margin, evidence.agreement, evidence.cost_us,
        evidence.usable ? "" : "; not usable, a logit was NaN or infinite");
  }
  text += ending(record);
  text += fmt::format("Cost: {:.1f} us in all; statistics {:.2f} us, deciding {:.2f} us{}.\n", record.total_us,
                      record.statistics_us, record.deciding_us,
                      record.building_us > 0 ? fmt::format(", building plans {:.0f} us", record.building_us) : "");
  return text;
}

}  // namespace rheo
