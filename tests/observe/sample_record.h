// SPDX-License-Identifier: Apache-2.0
// A record with every field set, for the tests of this room.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include <rheo/record.h>

namespace rheo::testing {

inline Ladder::Rung rung_of(Precision precision, std::string exit, int exit_index, double latency_us) {
  Ladder::Rung rung{{precision, std::move(exit), exit_index}, {}};
  rung.profile.latency_us = latency_us;
  return rung;
}

inline std::shared_ptr<const Ladder> sample_ladder() {
  return std::make_shared<const Ladder>(
      Ladder::create({rung_of(Precision::int8, "exit1", 0, 10), rung_of(Precision::f32, "exit1", 0, 40),
                      rung_of(Precision::f32, "final", 1, 100)})
          .value());
}

inline Evidence step_of(std::uint8_t path, std::int32_t answer, float margin) {
  Evidence step;
  step.path = PathId{path};
  step.answer = answer;
  step.top_probability = 0.5f + margin / 2;
  step.margin = margin;
  step.entropy = 0.1f;
  step.agreement = 0.9f;
  step.usable = true;
  step.reason = {Measure::expected_cost, 31.5f, 12.25f};
  step.cost_us = 12.25;
  return step;
}

// exit1.int8 was not finite, final.f32 answered.
inline RunRecord sample_record() {
  RunRecord record;
  record.ladder = sample_ladder();
  record.request = 42;
  record.item = 3;
  record.model = "00112233445566778899aabbccddeeff";
  record.policy = "thresholds";
  record.estimator = "plain";
  record.path = record.ladder->name(PathId{2});
  record.device = "cpu";
  record.isa = "avx2";
  record.decided = {Measure::margin, 0.93f, 0.71f};
  Evidence first;
  first.path = PathId{0};
  first.answer = 2;
  first.margin = NAN;
  record.evidence.push_back(first);
  record.evidence.push_back(step_of(2, 1, 0.93f));
  record.statistics = {0.286f, 0.124f, 0.031f, 2.5f};
  record.score = 0.25f;
  record.certified = true;
  record.deciding_us = 0.75;
  record.total_us = 12.5;
  return record;
}

}  // namespace rheo::testing
