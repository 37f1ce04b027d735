// SPDX-License-Identifier: Apache-2.0
// The test of honesty: splits the same inputs again and again, tunes and certifies on each split as `adapt` does, and
// counts how often the shipped policy breaks its promise on inputs that neither half has seen.
#pragma once

#include <cstdint>
#include <functional>

#include <rheo/path.h>
#include <rheo/status.h>

#include "adapt/certify.h"
#include "infer/agreement_table.h"

namespace rheo {

struct ResplitOptions {
  int rounds = 1000;
  int tuning_inputs = 5000;         // half A of each round
  int certification_inputs = 5000;  // half B; all others are the remainder
  int policies = 8;                 // length of the frozen list
  double max_disagreement = 0.01;
  double confidence = 0.95;
  std::uint64_t seed = 42;
  std::function<bool(int round)> keep_going;  // asked before each round; empty: always. False gives `cancelled`
};

struct ResplitResult {
  int rounds = 0;
  int shipped = 0;               // rounds in which an adaptive policy was certified
  int violations = 0;            // of these, disagreement on the remainder above the promise
  int true_violations = 0;       // the same on B and the remainder together: all that the policy was not tuned on
  double mean_cost_us = 0;       // on the remainder; the reference path where nothing was certified
  double mean_disagreement = 0;  // on the remainder
};

// What is repeated in every round, on that round's half A alone: the calibration of the estimator (from where the fit
// on the first tuning half ended, which saves steps and changes the result by less than its tolerance), the prices,
// the trade-off tables and their order; then certification on that round's half B, as a first read. What is not
// repeated, because it would need the network: the value ranges of int8 and the measured times. The choice of the
// ladder's paths and the temperatures stay those of the caller. None of these sees which inputs fall into a round's
// half B.
Result<ResplitResult> resplit_study(const AgreementTable& table, const Ladder& ladder, const ResplitOptions& options);

}  // namespace rheo
