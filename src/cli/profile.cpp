// SPDX-License-Identifier: Apache-2.0
#include "cli/profile.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

namespace rheo::cli {

namespace {

using Key = std::tuple<std::string, std::string, std::string>;  // op, kind, kernel

std::vector<OpRow> sorted_rows(const std::map<Key, OpRow>& by_key) {
  std::vector<OpRow> rows;
  double total_us = 0;
  for (const auto& [key, row] : by_key) {
    rows.push_back(row);
    total_us += row.total_us;
  }
  for (OpRow& row : rows) row.share = total_us > 0 ? row.total_us / total_us : 0;
  std::stable_sort(rows.begin(), rows.end(), [](const OpRow& a, const OpRow& b) { return a.total_us > b.total_us; });
  return rows;
}

void add_to(std::map<Key, OpRow>& by_key, const std::string& op, const OpTime& time) {
  const Key key{op, std::string(time.kind), std::string(time.kernel)};
  OpRow& row = by_key[key];
  std::tie(row.op, row.kind, row.kernel) = key;
  row.total_us += time.took_us;
  ++row.runs;
}

}  // namespace

void Profile::add(const OpTime& op) {
  const std::lock_guard lock(mutex_);
  if (parts_.empty()) parts_.emplace_back();
  const int thread = threads_.try_emplace(std::this_thread::get_id(), static_cast<int>(threads_.size())).first->second;
  OpTime kept = op;
  for (std::string_view* text : {&kept.op, &kept.kind, &kept.kernel}) *text = keep(*text);
  events_.push_back({parts_.size() - 1, thread, kept});
}

std::string_view Profile::keep(std::string_view text) {
  const auto found = texts_.find(text);
  return found != texts_.end() ? *found : *texts_.emplace(text).first;
}

void Profile::begin(std::string label) {
  const std::lock_guard lock(mutex_);
  parts_.push_back(std::move(label));
  threads_.clear();
}

std::vector<OpRow> Profile::rows(const std::string& label) const {
  const std::lock_guard lock(mutex_);
  std::map<Key, OpRow> by_key;
  for (const Event& event : events_) {
    if (parts_[event.part] == label) add_to(by_key, std::string(event.time.op), event.time);
  }
  return sorted_rows(by_key);
}

std::vector<OpRow> Profile::kinds(const std::string& label) const {
  const std::lock_guard lock(mutex_);
  std::map<Key, OpRow> by_key;
  for (const Event& event : events_) {
    if (parts_[event.part] == label) add_to(by_key, "", event.time);
  }
  return sorted_rows(by_key);
}

std::string Profile::chrome_trace() const {
  using Json = nlohmann::ordered_json;
  const std::lock_guard lock(mutex_);
  Json events = Json::array();
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    events.push_back({{"ph", "M"}, {"name", "process_name"}, {"pid", part}, {"args", {{"name", parts_[part]}}}});
  }
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max();
  for (const Event& event : events_) first_ns = std::min(first_ns, event.time.started_ns);
  for (const Event& event : events_) {
    events.push_back({{"ph", "X"},
                      {"name", event.time.op},
                      {"cat", event.time.kind},
                      {"pid", event.part},
                      {"tid", event.thread},
                      {"ts", static_cast<double>(event.time.started_ns - first_ns) * 1e-3},
                      {"dur", event.time.took_us},
                      {"args", {{"kernel", event.time.kernel}, {"batch", event.time.batch}}}});
  }
  return Json{{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}}.dump() + "\n";
}

}  // namespace rheo::cli
