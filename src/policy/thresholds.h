// SPDX-License-Identifier: Apache-2.0
// `ThresholdsPolicy`: climbs the listed rungs and answers as soon as a margin is large enough.
#pragma once

#include <span>
#include <vector>

#include <rheo/policy.h>

namespace rheo {

class ThresholdsPolicy final : public Policy {
 public:
  // Takes checked rungs; make them with make_thresholds_policy.
  explicit ThresholdsPolicy(std::vector<ThresholdsRung> rungs) : rungs_(std::move(rungs)) {}

  Decision decide(const Situation& situation) const override;
  std::string_view name() const override { return "thresholds"; }

  std::span<const ThresholdsRung> rungs() const { return rungs_; }

 private:
  const std::vector<ThresholdsRung> rungs_;
};

}  // namespace rheo
