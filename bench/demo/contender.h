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
  std::vector<double> thinking_us;    // [pictures], taking statistics, estimating and deciding

  // Takes over what `other` did with one picture.
  void append(const Run& other, std::size_t picture);
};

// Index of the largest logit, the lowest one on ties: an answer wherever answers are compared.
std::int32_t answer_of(std::span<const float> logits);

// Runs every contender on every picture, batch 1, all of them on one picture before the next, so that a machine that
// drifts slows all alike; their order is drawn anew each time, so that nobody always follows the same one. `count` may
// exceed the number of pictures, which then come round again.
// `at_once`: requests that a contender serves before it is the next one's turn. 1: every request finds the caches as
// the others left them. More: as in a host that has one engine.
Result<std::vector<Run>> run_all(const std::vector<Contender>& contenders, const Dataset& pictures, std::int64_t count,
                                 int at_once = 1);

// The same in batches of `batch`: mean time per picture of each contender, over all rounds.
Result<std::vector<double>> batched_us(const std::vector<Contender>& contenders, const Dataset& pictures, int batch,
                                       int rounds);

// Summary against the reference path's answers. `run` may hold nothing but answers, paths, times and work.
Row summarise(const std::string& name, const Run& run, const Run& reference, const Dataset& pictures);

double mean(const std::vector<double>& values);
double percentile(std::vector<double> values, double share);
inline double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

}  // namespace rheo::demo
