// SPDX-License-Identifier: Apache-2.0
#include "infer/table_steps.h"

#include <array>
#include <cstddef>
#include <limits>
#include <string>

namespace rheo {

Status TableSteps::take(std::span<Item* const> items) {
  for (Item* item : items) {
    const auto row = static_cast<std::size_t>(item->index);
    if (item->index < 0 || row >= table_.inputs() || item->next.index >= table_.paths()) {
      return {StatusCode::invalid_argument, "The agreement table has no row " + std::to_string(item->index) +
                                                " for path number " + std::to_string(item->next.index) + "; it has " +
                                                std::to_string(table_.inputs()) + " rows and " +
                                                std::to_string(table_.paths()) + " paths."};
    }
    std::array<PathId, kMaxPaths> done;
    std::size_t done_count = 0;
    for (const Evidence& earlier : item->evidence) done[done_count++] = earlier.path;
    Evidence evidence = table_.evidence(item->next, row);
    evidence.cost_us = ladder_.remaining_us(item->next, std::span(done).first(done_count));
    item->evidence.push_back(evidence);
  }
  return {};
}

double TableSteps::remaining_us() const { return std::numeric_limits<double>::infinity(); }

}  // namespace rheo
