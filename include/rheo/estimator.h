// SPDX-License-Identifier: Apache-2.0
// `Estimator`: turns features and evidence into a Complexity. Asked before the first step (evidence is empty) and
// after every step.
//
// Contract: `estimate` is pure and cheap (well under a microsecond), called from many threads at once; no clock, no
// device, no I/O, no allocation. Probabilities are calibrated on the tuning split, never on the certification split.
#pragma once

#include <memory>
#include <string_view>

#include <rheo/export.h>
#include <rheo/record.h>

namespace rheo {

// What an estimator may look at. Borrowed for the duration of `estimate`.
struct Observation {
  const InputStatistics& statistics;
  const EvidenceList& evidence;
  const Ladder& ladder;
};

class RHEO_EXPORT Estimator {
 public:
  virtual ~Estimator();
  virtual Complexity estimate(const Observation& observation) const = 0;
  virtual std::string_view name() const { return "custom"; }
};

// The estimator switched off: every path gets the agreement its profile shows on average; evidence is taken at its word
// (agreement = top probability). Needs no calibration.
RHEO_EXPORT std::shared_ptr<const Estimator> make_plain_estimator();

}  // namespace rheo
