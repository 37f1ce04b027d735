// SPDX-License-Identifier: Apache-2.0
#include "observe/trace.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <utility>

#include "base/try.h"
#include "load/json_fields.h"
#include "load/json_value.h"

namespace rheo {

namespace {

constexpr std::size_t kNameLimitBytes = 1024;
constexpr double kLargest = std::numeric_limits<float>::max();
constexpr double kLongest_us = 1e15;  // of a time; thirty years

// A record is small; what claims more is none.
LoadLimits record_limits() {
  LoadLimits limits;
  limits.json_depth = 4;
  limits.json_values = 1024;
  return limits;
}

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

// Null stands for what is not finite.
void read_float(JsonFields& fields, std::string_view name, float& out) {
  const JsonValue* value = fields.value(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    out = std::numeric_limits<float>::quiet_NaN();
    return;
  }
  double number = 0;
  fields.real(name, number, -kLargest, kLargest);
  out = static_cast<float>(number);
}

void read_bool(JsonFields& fields, std::string_view name, bool& out) {
  const JsonValue* value = fields.value(name);
  if (value == nullptr) return;
  if (const bool* content = value->as<bool>()) {
    out = *content;
  } else {
    fields.note(broken(fmt::format("{}.{} is {}, not true or false.", fields.where(), name, value->kind())));
  }
}

// One of the names that `name_of` gives to 0 .. `last`.
template <typename Enum>
void read_enum(JsonFields& fields, std::string_view name, Enum last, Enum& out) {
  std::string text;
  fields.text(name, text, kNameLimitBytes);
  if (!fields.ok()) return;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) != text) continue;
    out = static_cast<Enum>(i);
    return;
  }
  fields.note(broken(fmt::format("{}.{} is the unknown word '{}'.", fields.where(), name, text.substr(0, 64))));
}

// A path's name as the ladder keeps it; empty where the record may leave it so.
void read_path(JsonFields& fields, std::string_view name, const Ladder& ladder, std::string_view& out) {
  std::string text;
  fields.text(name, text, kNameLimitBytes);
  if (!fields.ok() || text.empty()) return;
  const Result<PathId> path = ladder.find(text);
  if (path) out = ladder.name(*path);
  if (!path) fields.note(broken(fmt::format("{}.{}: {}", fields.where(), name, path.status().message())));
}

// The object in field `name`, read by `read`.
template <typename Read>
void read_object(JsonFields& fields, std::string_view name, Read read) {
  const JsonValue* value = fields.value(name);
  if (value == nullptr) return;
  JsonFields inner(*value, fmt::format("{}.{}", fields.where(), name));
  read(inner);
  fields.note(inner.finish());
}

void read_reason(JsonFields& fields, Reason& out) {
  read_object(fields, "reason", [&](JsonFields& reason) {
    read_enum(reason, "measure", Measure::custom, out.measure);
    read_float(reason, "value", out.value);
    read_float(reason, "threshold", out.threshold);
  });
}

Status read_step(const JsonValue& value, const std::string& where, const Ladder& ladder, EvidenceList& steps) {
  Evidence step;
  std::string_view path;
  JsonFields fields(value, where);
  read_path(fields, "path", ladder, path);
  fields.integer("answer", step.answer, -1, std::numeric_limits<std::int32_t>::max());
  read_float(fields, "top_probability", step.top_probability);
  read_float(fields, "margin", step.margin);
  read_float(fields, "entropy", step.entropy);
  read_float(fields, "agreement", step.agreement);
  read_bool(fields, "usable", step.usable);
  fields.real("cost_us", step.cost_us, 0, kLongest_us);
  read_reason(fields, step.reason);
  RHEO_RETURN_IF_ERROR(fields.finish());
  if (path.empty()) return broken(fmt::format("{}.path is empty.", where));
  step.path = *ladder.find(path);
  if (steps.has(step.path)) return broken(fmt::format("{} repeats the path {}.", where, path));
  // What is no classifier names no class, but then it has no confidences either.
  if (step.usable && step.answer < 0 && step.top_probability != 0) {
    return broken(fmt::format("{} is usable but has no answer.", where));
  }
  steps.push_back(step);
  return {};
}

// What the fields say must fit together; the loop can leave no other record.
Status check(const RunRecord& record, std::string_view precision) {
  std::string_view used;
  if (!record.path.empty()) {
    const PathId path = *record.ladder->find(record.path);
    used = name_of(record.ladder->path(path).precision);
    bool usable = false;
    for (const Evidence& step : record.evidence) usable = usable || (step.path == path && step.usable);
    if (!usable) return broken(fmt::format("record.path is {}, of which there is no usable step.", record.path));
  } else if (record.interrupted == StatusCode::ok) {
    return broken("record.path is empty, but record.interrupted does not say why.");
  }
  if (precision != used) return broken(fmt::format("record.precision does not fit the path '{}'.", record.path));
  if (!record.unfinished.empty() && record.evidence.has(*record.ladder->find(record.unfinished))) {
    return broken(fmt::format("record.unfinished is {}, which record.steps holds.", record.unfinished));
  }
  return {};
}

}  // namespace

TraceReader::TraceReader(std::string_view text, std::shared_ptr<const Ladder> ladder, std::string_view model)
    : rest_(text), ladder_(std::move(ladder)), model_(model) {}

std::string_view TraceReader::keep(std::string text) { return *texts_.insert(std::move(text)).first; }

Result<RunRecord> TraceReader::next() {
  const std::size_t end = rest_.find('\n');
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
  Result<RunRecord> record = read(line);
  if (!record) return record.status().with_context(fmt::format("line {}", line_));
  return record;
}

Result<RunRecord> TraceReader::read(std::string_view line) {
  RHEO_ASSIGN_OR_RETURN(const JsonValue value, parse_json(line, record_limits()));
  JsonFields fields(value, "record");
  int version = 0;
  fields.integer("record", version, 0, std::numeric_limits<int>::max());
  if (fields.ok() && version != kRecordVersion) {
    return Status(StatusCode::unsupported,
                  fmt::format("The record has version {}; this version of Rheo reads {}.", version, kRecordVersion));
  }
  std::string model, policy, estimator, precision, device, isa, sizes;
  fields.text("model", model, kNameLimitBytes);
  if (fields.ok() && model != model_) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("The record is of the model {}, not of {}; take the package that served this request.",
                              model.substr(0, 64), model_));
  }
  RunRecord record;
  record.ladder = ladder_;
  fields.integer("request", record.request, std::numeric_limits<std::int64_t>::min(),
                 std::numeric_limits<std::int64_t>::max());
  fields.integer("item", record.item, 0, std::numeric_limits<int>::max());
  fields.text("policy", policy, kNameLimitBytes);
  fields.text("estimator", estimator, kNameLimitBytes);
  read_path(fields, "asked", *ladder_, record.asked);
  read_path(fields, "path", *ladder_, record.path);
  fields.text("precision", precision, kNameLimitBytes);
  read_path(fields, "unfinished", *ladder_, record.unfinished);
  fields.text("device", device, kNameLimitBytes);
  fields.text("isa", isa, kNameLimitBytes);
  if (fields.has("sizes")) fields.text("sizes", sizes, kNameLimitBytes);
  read_reason(fields, record.decided);
  read_bool(fields, "certified", record.certified);
  read_enum(fields, "interrupted", StatusCode::internal, record.interrupted);
  read_float(fields, "score", record.score);
  read_object(fields, "statistics", [&](JsonFields& statistics) {
    read_float(statistics, "mean", record.statistics.mean);
    read_float(statistics, "variance", record.statistics.variance);
    read_float(statistics, "gradient_energy", record.statistics.gradient_energy);
    read_float(statistics, "entropy", record.statistics.entropy);
  });
  fields.array("steps", kMaxPaths, [&](const JsonValue& step, const std::string& where) {
    return read_step(step, where, *ladder_, record.evidence);
  });
  read_object(fields, "cost", [&](JsonFields& cost) {
    cost.real("statistics_us", record.statistics_us, 0, kLongest_us);
    cost.real("deciding_us", record.deciding_us, 0, kLongest_us);
    cost.real("building_us", record.building_us, 0, kLongest_us);
    cost.real("total_us", record.total_us, 0, kLongest_us);
  });
  RHEO_RETURN_IF_ERROR(fields.finish());
  RHEO_RETURN_IF_ERROR(check(record, precision));
  record.model = keep(std::move(model));
  record.policy = keep(std::move(policy));
  record.estimator = keep(std::move(estimator));
  record.device = keep(std::move(device));
  record.isa = keep(std::move(isa));
  record.sizes = keep(std::move(sizes));
  return record;
}

}  // namespace rheo
