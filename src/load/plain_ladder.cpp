// SPDX-License-Identifier: Apache-2.0
#include "load/plain_ladder.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/try.h"

namespace rheo {

namespace {

double guessed_us_per_multiply_add(Precision precision) {
  switch (precision) {
    case Precision::f32: return 1e-4;
    case Precision::bf16: return 0.5e-4;
    case Precision::int8:
    case Precision::mixed: return 0.25e-4;
  }
  return 1e-4;
}

}  // namespace

Result<Ladder> plain_ladder(const Graph& graph, std::span<const Precision> precisions) {
  std::set<Precision> all(precisions.begin(), precisions.end());
  all.insert(Precision::f32);
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < graph.exits().size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(const std::int64_t work, multiply_adds(graph, static_cast<int>(i)));
    for (const Precision precision : all) {
      Ladder::Rung rung;
      rung.path.precision = precision;
      rung.path.exit = graph.exits()[i].name;
      rung.path.exit_index = static_cast<int>(i);
      rung.profile.multiply_adds = static_cast<double>(work);
      rung.profile.latency_us = static_cast<double>(work) * guessed_us_per_multiply_add(precision);
      rungs.push_back(std::move(rung));
    }
  }
  // The last exit in f32 stays behind what costs as much: a model may have no multiply-adds at all.
  std::ranges::stable_sort(rungs, [](const Ladder::Rung& a, const Ladder::Rung& b) {
    if (a.profile.latency_us != b.profile.latency_us) return a.profile.latency_us < b.profile.latency_us;
    return a.path.precision > b.path.precision;
  });
  return Ladder::create(std::move(rungs));
}

bool is_measured(const PathProfile& profile) {
  return profile.latency_p99_us > 0 || profile.agreement > 0 || !profile.batches.empty();
}

}  // namespace rheo
