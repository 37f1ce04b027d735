// SPDX-License-Identifier: Apache-2.0
#include "infer/loop.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace rheo {
namespace {

void fail(Item& item, StatusCode code, std::string message) {
  item.status = Status(code, std::move(message));
  item.finished = true;
}

std::string name_in(const Ladder& ladder, PathId path) {
  if (path.index < ladder.size()) return std::string(ladder.name(path));
  return "number " + std::to_string(path.index);
}

const Evidence* evidence_of(const Item& item, PathId path) {
  for (const Evidence& evidence : item.evidence) {
    if (evidence.path == path) return &evidence;
  }
  return nullptr;
}

// The estimator's word on what is known now; written into the evidence as well.
Complexity estimate(const Mind& mind, Item& item) {
  const Complexity complexity = mind.estimator.estimate({item.statistics, item.evidence, mind.ladder});
  if (item.evidence.empty()) item.score = complexity.score;
  item.evidence.update(complexity);
  return complexity;
}

// Takes the policy's decision over into the item, if it is one that can be obeyed.
void obey(const Decision& decision, const Mind& mind, Item& item) {
  const PathId path = decision.path();
  const Evidence* evidence = evidence_of(item, path);
  item.reason = decision.reason();
  if (decision.reason().measure == Measure::budget) item.interrupted = StatusCode::deadline_exceeded;
  if (decision.answers()) {
    if (evidence == nullptr || !evidence->usable) {
      return fail(item, StatusCode::policy_failed,
                  "The policy " + std::string(mind.policy.name()) + " answered with path " +
                      name_in(mind.ladder, path) +
                      (evidence == nullptr ? ", which was not run" : ", whose logits are not finite") +
                      "; it must run another path first.");
    }
    item.answer = path;
    item.finished = true;
  } else if (item.evidence.size() >= mind.ladder.size()) {
    fail(item, StatusCode::policy_failed,
         "The policy " + std::string(mind.policy.name()) + " has not answered after all " +
             std::to_string(mind.ladder.size()) + " paths were run; it must answer with evidence it has.");
  } else if (path.index >= mind.ladder.size() || evidence != nullptr) {
    fail(item, StatusCode::policy_failed,
         "The policy " + std::string(mind.policy.name()) + " asked for path " + name_in(mind.ladder, path) +
             (evidence != nullptr ? ", which was already run" : ", which the ladder does not have") +
             "; it must choose a path that was not run yet.");
  } else {
    item.next = path;
  }
}

void think(const Mind& mind, Budget budget, Item& item) {
  const Complexity complexity = estimate(mind, item);
  obey(mind.policy.decide({complexity, item.evidence, mind.ladder, budget}), mind, item);
}

// Whether the step that the policy asked for brought its evidence, which then says why it was asked for.
bool has_arrived(Item& item) {
  if (item.evidence.empty() || item.evidence.back().path != item.next) return false;
  item.evidence.explain_last(item.reason);
  return true;
}

// After a step: did it bring the evidence it was sent for, and is there still something to trust?
void check_step(const Mind& mind, Item& item) {
  if (!has_arrived(item)) {
    fail(item, StatusCode::internal, "Path " + name_in(mind.ladder, item.next) + " was run but left no evidence.");
  } else if (item.next == mind.ladder.reference() && !item.evidence.back().usable) {
    fail(item, StatusCode::bad_format,
         "The reference path " + name_in(mind.ladder, item.next) +
             " gave NaN or infinite logits, so no answer can be trusted; look for NaN in the input and for overflow in "
             "the model.");
  }
}

// A step failed. Deadline and stop still allow the best answer so far; anything else is the item's status.
void end_early(const Mind& mind, const Status& status, Item& item) {
  const bool cut_short = status.code() == StatusCode::deadline_exceeded || status.code() == StatusCode::cancelled;
  if (cut_short && !item.evidence.empty()) {
    // One item of a batch may have got its evidence before the step failed for the others.
    if (has_arrived(item)) estimate(mind, item);
    const Evidence& best = item.evidence.best();
    if (best.usable) {
      item.answer = best.path;
      item.interrupted = status.code();
      item.finished = true;
      return;
    }
  }
  fail(item, status.code(), status.message());
}

// Moves the unfinished items to the front, in order.
std::span<Item*> unfinished(std::span<Item*> active) {
  std::size_t count = 0;
  for (Item* item : active) {
    if (!item->finished) active[count++] = item;
  }
  return active.first(count);
}

}  // namespace

void infer(const Mind& mind, std::span<Item> items, std::span<Item*> active, Steps& steps) {
  for (std::size_t i = 0; i < items.size(); ++i) active[i] = &items[i];
  active = active.first(items.size());

  while (!active.empty()) {
    // Decide, for each item on its own.
    const Budget budget{steps.remaining_us()};
    const std::int64_t start_ns = now_ns();
    for (Item* item : active) think(mind, budget, *item);
    const double each_us = static_cast<double>(now_ns() - start_ns) / 1000.0 / static_cast<double>(active.size());
    for (Item* item : active) item->deciding_us += each_us;

    // Those that answered leave; the others take their step together.
    active = unfinished(active);
    if (active.empty()) return;
    const Status status = steps.take(active);
    for (Item* item : active) {
      if (status.ok()) {
        check_step(mind, *item);
      } else {
        end_early(mind, status, *item);
      }
    }
    active = unfinished(active);
  }
}

}  // namespace rheo
