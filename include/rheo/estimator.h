// SPDX-License-Identifier: Apache-2.0
// `Estimator`: turns features and evidence into a Complexity. Asked before the first step (evidence is empty) and
// after every step.
//
// Contract: `estimate` is pure and cheap (well under a microsecond), called from many threads at once; no clock, no
// device, no I/O, no allocation. Probabilities are calibrated on the tuning half, never on the certification half.
#pragma once

#include <memory>
#include <string_view>

#include <rheo/export.h>
#include <rheo/record.h>

namespace rheo {

// What an estimator may look at. Borrowed for the duration of `estimate`.
struct Observation {
  const InputStatistics& statistics;  // of the first input; the same in every call of one request
  const EvidenceList& evidence;       // every step so far, in order; empty before the first
  const Ladder& ladder;               // the paths there are, cheapest first
};

class RHEO_EXPORT Estimator {
 public:
  virtual ~Estimator();
  // `agreement[p]` is wanted for every path of the ladder; entries beyond it are ignored. With evidence of a path its
  // entry speaks of the answer that was seen, without it of the answer that the path would give.
  virtual Complexity estimate(const Observation& observation) const = 0;
  // Stable name for records and `describe`; must live as long as the estimator.
  virtual std::string_view name() const { return "custom"; }
};

// The estimator switched off: every path gets the agreement its profile shows on average; evidence is taken at its word
// (agreement = top probability). Needs no calibration.
RHEO_EXPORT std::shared_ptr<const Estimator> make_plain_estimator();

}  // namespace rheo
