// SPDX-License-Identifier: Apache-2.0
#include "infer/trace_steps.h"

#include <cstddef>
#include <limits>
#include <string>

namespace rheo {

Status TraceSteps::take(std::span<Item* const> items) {
  for (Item* item : items) {
    const auto index = static_cast<std::size_t>(item->index);
    if (item->index < 0 || index >= recorded_.size()) {
      return {StatusCode::not_found, "The trace has no request number " + std::to_string(item->index) + "; it holds " +
                                         std::to_string(recorded_.size()) + "."};
    }
    bool found = false;
    for (const Evidence& evidence : recorded_[index]) {
      if (found || evidence.path != item->next) continue;
      item->evidence.push_back(evidence);
      found = true;
    }
    if (!found) {
      return {StatusCode::not_found, "The trace of request number " + std::to_string(item->index) +
                                         " does not hold path " + std::string(ladder_.name(item->next)) +
                                         ", which the policy asked for; replay with the recorded policy, or record "
                                         "this request again with every path."};
    }
  }
  return {};
}

double TraceSteps::remaining_us() const { return std::numeric_limits<double>::infinity(); }

}  // namespace rheo
