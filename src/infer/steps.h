// SPDX-License-Identifier: Apache-2.0
// `Steps`: where steps come from. The loop does not know whether a step runs a plan, looks up a table or reads a trace,
// so what is certified, replayed and tested is the very loop that users run.
#pragma once

#include <span>

#include <rheo/record.h>
#include <rheo/status.h>

namespace rheo {

// One input on its way through the loop.
struct Item {
  int index = 0;  // the source's own number for it: batch position or table row
  InputStatistics statistics;
  EvidenceList evidence;
  Reason reason;           // of the last decision
  PathId next;             // path to run, while not finished
  PathId answer;           // path whose evidence answers, once finished and status is ok
  float score = 0;         // complexity before the first step
  double deciding_us = 0;  // estimate + decide, all steps; the loop's two clock reads per step, shared by all items
  bool finished = false;
  Status status;                            // of this item; not ok: no usable answer
  StatusCode interrupted = StatusCode::ok;  // the deadline or a stop changed the policy's course: not certified
};

class Steps {
 public:
  virtual ~Steps() = default;
  // Takes one step for every item of `items` (all unfinished, each with its `next` path) and appends its evidence.
  // Items with the same path may run together. An error ends all of them: deadline_exceeded and cancelled make the loop
  // answer with the best evidence so far. Allocates nothing when it succeeds.
  virtual Status take(std::span<Item* const> items) = 0;
  // Time left to the deadline in microseconds; infinity without one.
  virtual double remaining_us() const = 0;
};

}  // namespace rheo
