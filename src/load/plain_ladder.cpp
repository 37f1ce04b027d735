// SPDX-License-Identifier: Apache-2.0
#include "load/plain_ladder.h"

#include <utility>
#include <vector>

#include "base/try.h"

namespace rheo {

Result<Ladder> plain_ladder(const Graph& graph) {
  constexpr double kGuessedMicrosecondsPerMultiplyAdd = 1e-4;
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < graph.exits().size(); ++i) {
    Ladder::Rung rung;
    rung.path.exit = graph.exits()[i].name;
    rung.path.exit_index = static_cast<int>(i);
    RHEO_ASSIGN_OR_RETURN(const std::int64_t work, multiply_adds(graph, static_cast<int>(i)));
    rung.profile.multiply_adds = static_cast<double>(work);
    rung.profile.latency_us = static_cast<double>(work) * kGuessedMicrosecondsPerMultiplyAdd;
    rungs.push_back(std::move(rung));
  }
  return Ladder::create(std::move(rungs));
}

}  // namespace rheo
