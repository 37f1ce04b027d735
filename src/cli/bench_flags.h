// SPDX-License-Identifier: Apache-2.0
// `BenchFlags`: what `rheo bench` is asked for. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/bench_inputs.h"
#include "cli/command.h"

namespace rheo::cli {

struct BenchFlags : EngineFlags {
  BenchInputFlags input;
  std::vector<std::string> devices = {"cpu"};
  std::vector<std::string> paths;
  std::vector<std::string> policies;
  std::vector<int> batches = {1};
  std::vector<int> thread_counts;  // empty: as the goal has it
  std::vector<int> concurrency;    // the same
  std::string goal = "none";       // "none", "latency", "throughput", or "tput" for short
  int warmup = 10;
  std::int64_t calls = 0;
  double duration_s = 0;
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9};
  std::string format = "table";
  std::string out;
  std::string record;
  std::string times;
  std::string trace;
  bool profile = false;
  bool random_weights = false;
  std::string line;  // the command as it was given
};

void add_bench_flags(CLI::App& command, BenchFlags& flags);

// Fills in what follows from other flags; afterwards no list is empty. invalid_argument names flags that do not go
// together.
Status settle(BenchFlags& flags);

}  // namespace rheo::cli
