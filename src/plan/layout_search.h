// SPDX-License-Identifier: Apache-2.0
// Chooses a kernel and an output layout for every call of a graph so that the measured times of calls and reorders add
// up to the least. Pure arithmetic over a table of prices: nothing here runs a kernel.
//
// The search starts once from pictures in nhwc everywhere and once from nchw16c everywhere, then moves runs of
// neighbouring calls to another layout, and single calls to another kernel, as long as the total drops.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "graph/graph.h"
#include "plan/layout.h"

namespace rheo {

inline constexpr std::size_t kLayouts = 3;

// One kernel entry that writes one layout, and what it costs per layout it can read.
struct KernelVariant {
  std::size_t entry = 0;  // the caller's number for it
  Layout output = Layout::plain;
  std::array<std::optional<double>, kLayouts> cost_us;  // by the layout of the pictures it reads
};

// One call, in the graph's order.
struct PricedCall {
  int stage = 0;
  std::vector<ValueId> inputs;     // computed pictures it reads like the first one
  std::vector<ValueId> residuals;  // computed pictures it reads in its output's layout
  ValueId output = kNoValue;
  std::vector<KernelVariant> variants;  // never empty
};

struct LayoutProblem {
  std::size_t value_count = 0;  // every ValueId below is smaller
  std::vector<PricedCall> calls;
  std::vector<GivenOut> given_out;  // read plain
  // Microseconds to change a value's layout; absent: the bytes agree, or the value is no picture.
  std::map<std::tuple<ValueId, Layout, Layout>, double> reorder_us;
  // How much a microsecond of a stage counts: early stages run for every input.
  std::vector<double> stage_weight;
};

// Index of the chosen variant per call, and the weighted total in microseconds.
struct LayoutAnswer {
  std::vector<std::size_t> variant;
  double total_us = 0;
};

LayoutAnswer search_layouts(const LayoutProblem& problem);

// The total of a given choice, exactly as the planner would carry it out.
double total_us(const LayoutProblem& problem, std::span<const std::size_t> variant);

}  // namespace rheo
