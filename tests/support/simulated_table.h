// SPDX-License-Identifier: Apache-2.0
// A network that exists only as numbers: four exits in f32 and int8, answers that get better with depth, inputs of very
// different difficulty. For tests of tuning and certification that need no model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <rheo/path.h>

#include "infer/agreement_table.h"

namespace rheo::testing_support {

// A rung with this latency; multiply-adds are 1000 per microsecond of f32 work.
Ladder::Rung rung(const std::string& exit, int exit_index, Precision precision, double latency_us,
                  double agreement = 0.9);

// exit1..exit3 and final, in int8 (a third of the time) and f32 where asked, cheapest first.
enum class Precisions { f32_only, int8_and_f32 };
Ladder simulated_ladder(Precisions precisions);

// `skippable` plants a structure that rewards skipping: for three inputs in ten the middle exits are no better than the
// first one, and the first exit knows it (its margin is tiny).
enum class Structure { plain, skippable };
AgreementTable simulated_table(const Ladder& ladder, std::size_t inputs, std::uint64_t seed,
                               Structure structure = Structure::plain);

// first, first + 1, ..., last - 1.
std::vector<int> rows(int first, int last);

}  // namespace rheo::testing_support
