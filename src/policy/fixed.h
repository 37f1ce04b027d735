// SPDX-License-Identifier: Apache-2.0
// `FixedPolicy`: always one path. The baseline of every comparison, and what runs without a certificate.
#pragma once

#include <rheo/policy.h>

namespace rheo {

class FixedPolicy final : public Policy {
 public:
  explicit FixedPolicy(PathId path) : path_(path) {}

  // Goes on to the reference path when the fixed path's logits were not finite.
  Decision decide(const Situation& situation) const override;
  std::string_view name() const override { return "fixed"; }

  PathId path() const { return path_; }

 private:
  const PathId path_;
};

}  // namespace rheo
