// SPDX-License-Identifier: Apache-2.0
// A way to answer that is timed live through the public API, and what came out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "demo/row.h"
#include "load/dataset.h"

namespace rheo::demo {

struct Contender {
  std::string name;
  Engine engine;
  std::string path;         // empty: the engine's policy
  std::string certificate;  // for the table
};

struct Run {
  std::vector<double> latency_us;     // [pictures]
  std::vector<std::int32_t> answers;  // [pictures]
  std::vector<std::string> paths;     // [pictures]
  std::vector<double> multiply_adds;  // [pictures]
  std::vector<double> deciding_us;    // [pictures]
  std::vector<double> statistics_us;  // [pictures]
};

// Runs every contender on every picture, batch 1, in turn: A B C, A B C, ... so that a machine that drifts slows all
// alike.
Result<std::vector<Run>> run_all(const std::vector<Contender>& contenders, const Dataset& pictures, std::int64_t count);

// The same in batches of `batch`: mean time per picture of each contender, over all rounds.
Result<std::vector<double>> batched_us(const std::vector<Contender>& contenders, const Dataset& pictures, int batch,
                                       int rounds);

// Summary against the reference path's answers.
Row summarise(const Contender& contender, const Run& run, const Run& reference, const Dataset& pictures);

double mean(const std::vector<double>& values);
double percentile(std::vector<double> values, double share);

}  // namespace rheo::demo
