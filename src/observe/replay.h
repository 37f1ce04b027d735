// SPDX-License-Identifier: Apache-2.0
// Deciding recorded requests again, offline: the very loop over recorded steps, no model, no clock.
//
// The policy that was recorded must decide as it did then; any other shows what it would have done as far as the trace
// reaches. A step that was never recorded ends that request's replay: it is counted, never guessed.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/estimator.h>
#include <rheo/path.h>
#include <rheo/policy.h>
#include <rheo/record.h>

namespace rheo {

enum class ReplayBy : std::uint8_t {
  recorded,  // whoever decided then: the given policy, or the path that the caller asked for
  given,     // the given policy, whoever decided then
};

// Counts are records; times are microseconds.
struct ReplayReport {
  std::int64_t records = 0;
  // Not replayed, as nothing can be compared. Both only with ReplayBy::recorded.
  std::int64_t cut_short = 0;    // by a deadline, a stop or a failure, which the replay does not see
  std::int64_t other_minds = 0;  // decided by another policy or estimator than the given ones
  // Replayed.
  std::int64_t answered = 0;
  std::int64_t missing = 0;     // a step was wanted that was never recorded
  std::int64_t failed = 0;      // the policy never answered, or nothing usable was left
  std::int64_t reproduced = 0;  // of the answered: same steps, same answer, same reasons to the last bit
  std::int64_t compared = 0;    // of the answered: the record has an answer too
  std::int64_t differing = 0;   // of the compared: another answer than the recorded one
  std::array<std::int64_t, kMaxPaths> answered_by{};  // of the answered, by path
  std::array<std::int64_t, kMaxPaths> missing_at{};   // of the missing, by the path that was wanted
  // Sums over the answered: what the steps cost by the ladder's profiles, as replayed and as recorded.
  double expected_us = 0;
  double recorded_us = 0;
};

// Takes records one after the other. Everything is borrowed. One thread at a time.
class Replayer {
 public:
  Replayer(const Ladder& ladder, const Estimator& estimator, const Policy& policy, ReplayBy by)
      : ladder_(ladder), estimator_(estimator), policy_(policy), by_(by) {}

  void add(const RunRecord& record);
  const ReplayReport& report() const { return report_; }

 private:
  void run(const RunRecord& record, const Policy& policy);

  const Ladder& ladder_;
  const Estimator& estimator_;
  const Policy& policy_;
  ReplayBy by_;
  ReplayReport report_;
};

}  // namespace rheo
