// SPDX-License-Identifier: Apache-2.0
#include "observe/replay.h"

#include <cmath>
#include <cstddef>
#include <span>

#include "infer/loop.h"
#include "infer/trace_steps.h"

namespace rheo {

namespace {

// As the steps brought it: without what the estimator made of it later, and why it was asked for.
EvidenceList fresh(const EvidenceList& recorded) {
  EvidenceList steps;
  for (Evidence step : recorded) {
    step.agreement = 0;
    step.reason = {};
    steps.push_back(step);
  }
  return steps;
}

double expected_us(const Ladder& ladder, const EvidenceList& steps) {
  double sum_us = 0;
  std::array<PathId, kMaxPaths> done;
  std::size_t count = 0;
  for (const Evidence& step : steps) {
    sum_us += ladder.remaining_us(step.path, std::span(done).first(count));
    done[count++] = step.path;
  }
  return sum_us;
}

const Evidence* answer_of(const EvidenceList& steps, PathId path) {
  for (const Evidence& step : steps) {
    if (step.path == path) return &step;
  }
  return nullptr;
}

// A record keeps no infinity and no NaN apart.
bool same(float a, float b) { return a == b || (!std::isfinite(a) && !std::isfinite(b)); }

bool same(const Reason& a, const Reason& b) {
  return a.measure == b.measure && same(a.value, b.value) && same(a.threshold, b.threshold);
}

bool decided_alike(const Item& item, const RunRecord& record, PathId answer) {
  if (item.answer != answer || item.evidence.size() != record.evidence.size()) return false;
  for (std::size_t i = 0; i < record.evidence.size(); ++i) {
    if (item.evidence[i].path != record.evidence[i].path) return false;
    if (!same(item.evidence[i].reason, record.evidence[i].reason)) return false;
  }
  return same(item.reason, record.decided);
}

}  // namespace

void Replayer::add(const RunRecord& record) {
  ++report_.records;
  if (by_ == ReplayBy::given) return run(record, policy_);
  const bool asked = !record.asked.empty();
  if (record.interrupted != StatusCode::ok) {
    ++report_.cut_short;
  } else if (asked) {
    run(record, *make_fixed_policy(*ladder_.find(record.asked)));
  } else if (record.policy != policy_.name() || record.estimator != estimator_.name()) {
    ++report_.other_minds;
  } else {
    run(record, policy_);
  }
}

void Replayer::run(const RunRecord& record, const Policy& policy) {
  const EvidenceList recorded = fresh(record.evidence);
  TraceSteps steps(std::span(&recorded, 1), ladder_);
  std::array<Item, 1> items;
  std::array<Item*, 1> active{};
  items[0].statistics = record.statistics;
  infer({ladder_, estimator_, policy}, items, active, steps);
  const Item& item = items[0];
  if (item.status.code() == StatusCode::not_found) {
    ++report_.missing;
    ++report_.missing_at[item.next.index];
    return;
  }
  if (!item.status.ok()) {
    ++report_.failed;
    return;
  }
  ++report_.answered;
  ++report_.answered_by[item.answer.index];
  report_.expected_us += expected_us(ladder_, item.evidence);
  report_.recorded_us += expected_us(ladder_, record.evidence);
  if (record.path.empty()) return;
  const PathId answer = *ladder_.find(record.path);
  ++report_.compared;
  if (answer_of(item.evidence, item.answer)->answer != answer_of(record.evidence, answer)->answer) ++report_.differing;
  if (decided_alike(item, record, answer)) ++report_.reproduced;
}

}  // namespace rheo
