// SPDX-License-Identifier: Apache-2.0
// `TraceSteps`: steps read back from recorded requests. Used to replay and explain: the same policy must decide the
// same again, another policy shows what it would have done as far as the trace reaches.
#pragma once

#include <span>

#include <rheo/path.h>
#include <rheo/record.h>

#include "infer/steps.h"

namespace rheo {

class TraceSteps final : public Steps {
 public:
  // Both are borrowed. `recorded[i]` is the evidence of the item with index i.
  TraceSteps(std::span<const EvidenceList> recorded, const Ladder& ladder) : recorded_(recorded), ladder_(ladder) {}

  // not_found when a policy asks for a path that the recorded request did not run.
  Status take(std::span<Item* const> items) override;
  double remaining_us() const override;

 private:
  std::span<const EvidenceList> recorded_;
  const Ladder& ladder_;
};

}  // namespace rheo
