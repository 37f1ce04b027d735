// SPDX-License-Identifier: Apache-2.0
// A measured number with its target. Written to numbers.json by id, so that a number keeps its meaning over time.
#pragma once

#include <string>
#include <vector>

#include <rheo/status.h>

#include "demo/packages.h"

namespace rheo::numbers {

struct Number {
  std::string id;
  std::string what;
  double value = 0;
  std::string unit;    // "x" for a ratio
  double at_most = 0;  // the target
  bool met() const { return value <= at_most; }
};
using Numbers = std::vector<Number>;

// Each measures one concern and appends its numbers. `sources` names packages that exist already.
Status measure_adaptive(const demo::Sources& sources, Numbers& numbers);
Status measure_certificate(const demo::Sources& sources, Numbers& numbers);
Status measure_layers(const demo::Sources& sources, Numbers& numbers);
Status measure_overheads(const demo::Sources& sources, Numbers& numbers);
Status measure_threads(const demo::Sources& sources, Numbers& numbers);

// Milliseconds from Engine::load to the first answer in this process, which must be fresh.
Result<double> first_answer_ms(const std::string& package);

// Microseconds of a fixed arithmetic loop, smallest of several: a machine that is not quiet shows here.
double calibration_loop_us();

}  // namespace rheo::numbers
