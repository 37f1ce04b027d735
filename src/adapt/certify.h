// SPDX-License-Identifier: Apache-2.0
// Certification: walks a frozen list of policies, safest first, over the certification half, and stops at the first
// that fails. The walk costs no correction for testing many policies, because their order was fixed before that half
// was read (fixed-sequence testing).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <rheo/status.h>

namespace rheo {

// What is promised. Negative limits are not asked for; with both, both must hold.
struct Promise {
  double max_disagreement = 0.01;  // share in (0, 1)
  double max_accuracy_drop = -1;   // share in (0, 1); needs labels
  double confidence = 0.95;        // probability in (0, 1)
  int read = 1;                    // how often this half was read, this time included; read r spends delta / 2^r

  double delta() const;  // of this read
};

// How one policy did on the certification half.
struct Losses {
  std::int64_t inputs = 0;
  std::int64_t disagreements = 0;
  std::vector<std::int8_t> drops;  // [inputs], as in statistics.h, in recording order; empty without labels
};

// What that half said of one policy.
struct Verdict {
  std::int64_t disagreements = -1;  // -1: the walk had ended before
  std::int64_t right_lost = -1;     // inputs that only the reference got right; -1 without labels
  std::int64_t right_won = -1;      // inputs that only the policy got right; -1 without labels
  double p_value = 1;               // the larger of the promised limits' p-values
  double disagreement_bound = 1;    // upper confidence bound at delta()
  double accuracy_drop_bound = 1;   // the same; only where a drop was promised
  bool certified = false;
};

// Number of leading p-values that pass; the first failure and all after it are not certified, whatever they say.
int fixed_sequence(std::span<const double> p_values, double delta);

// What can be told before any file is opened: that something is promised, and that every number is in its range.
Status check_ranges(const Promise& promise);

// The same, and that `inputs` are enough to certify at all: else the sentence says how many are needed.
Status check_promise(const Promise& promise, std::int64_t inputs, bool has_labels);

Verdict judge(const Promise& promise, const Losses& losses);

// Walks `count` policies; `read(i)` replays policy i on the certification half and is not called after the first
// failure. One verdict per policy.
Result<std::vector<Verdict>> certify(const Promise& promise, int count,
                                     const std::function<Result<Losses>(int policy)>& read);

// The `most` cheapest of the certified ones, cheapest first; on equal cost the safer first.
std::vector<int> cheapest_certified(std::span<const Verdict> verdicts, std::span<const double> costs_us,
                                    std::size_t most);

// The cheapest of the certified ones, -1 if none. `costs_us` of the same policies, measured on the tuning half.
int cheapest_certified(std::span<const Verdict> verdicts, std::span<const double> costs_us);

}  // namespace rheo
