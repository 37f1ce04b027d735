// SPDX-License-Identifier: Apache-2.0
// `BenchReport`: what `rheo bench` found, as text for people and for programs. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/measuring.h"
#include "cli/profile.h"

namespace rheo::cli {

// One combination of what was swept.
struct BenchRow {
  std::string path;       // "auto" is the policy
  std::string precision;  // of the path; "auto" where the policy may run several
  int batch = 1;
  int threads = 1;
  int concurrency = 1;
  std::int64_t requests = 0;
  double mean_us = 0;
  double sd_us = 0;  // standard deviation
  double min_us = 0;
  double max_us = 0;
  std::vector<double> percentile_us;  // in the report's order
  double items_per_s = 0;
  std::vector<OpRow> ops;  // empty without --profile

  std::string label() const;  // "auto, batch 8, threads 1, concurrency 1"
};

struct BenchReport {
  std::vector<std::pair<std::string, std::string>> facts;  // what a number must be read with: name, value
  std::vector<double> percentiles;                         // 50, 99.9
  std::vector<BenchRow> rows;
};

// Of latencies in any order; fills everything but what tells the combination and the ops.
void summarise(Series series, const std::vector<double>& percentiles, BenchRow& row);

// "table", "md", "csv", "json" (one object), "jsonl" (one line per row, each with the facts).
Result<std::string> render(const BenchReport& report, const std::string& format);

}  // namespace rheo::cli
