// SPDX-License-Identifier: Apache-2.0
// A small adapted model in memory, for the tests of this room.
#pragma once

#include <vector>

#include <rheo/engine.h>

#include "base/cpu.h"
#include "kernels/kernel.h"
#include "load/package.h"
#include "policy/json.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo::testing {

// Three exits in f32 and bf16, cheapest first; no policy, no certificate.
inline Package sample_package(const GraphPointer& graph = three_exit_graph()) {
  Package package;
  package.graph = optimize(graph).value();
  std::vector<Ladder::Rung> rungs;
  double cost_us = 10;
  for (std::size_t exit = 0; exit < package.graph->exits().size(); ++exit) {
    for (const Precision precision : {Precision::bf16, Precision::f32}) {
      Ladder::Rung rung;
      rung.path = {precision, package.graph->exits()[exit].name, static_cast<int>(exit)};
      rung.profile.latency_us = cost_us;
      rung.profile.agreement = 0.9;
      rung.profile.batches = {{1, cost_us}, {2, cost_us * 1.8}, {4, cost_us * 3.4}, {8, cost_us * 6.5}};
      rungs.push_back(rung);
      cost_us += 10;
    }
  }
  package.ladder = Ladder::create(std::move(rungs)).value();
  return package;
}

// Climbs exit1.f32, exit2.f32, final.f32 while the margin is below `margin`, as a package carries it.
inline std::string thresholds_text(const Package& package, float margin) {
  std::vector<ThresholdsRung> rungs;
  for (std::size_t i = 0; i < package.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    if (package.ladder.path(path).precision == Precision::f32) rungs.push_back({path, margin});
  }
  return policy_to_json(*make_thresholds_policy(rungs).value(), package.ladder).value();
}

// The sample with a policy and a certificate that counts on this host.
inline Package certified_package(float margin) {
  Package package = sample_package();
  package.policy = thresholds_text(package, margin);
  Certificate certificate;
  certificate.promises = {{.limit = 0.01, .bound = 0.004}};
  certificate.confidence = 0.95;
  certificate.inputs = 1000;
  certificate.policy = package.policy;
  certificate.model_hash = model_hash(package);
  certificate.isa = name_of(select_isa("").value());
  certificate.library_versions = library_versions();
  package.certificate = certificate;
  return package;
}

inline Engine sample_engine(LoadOptions options = {}, const Package& package = sample_package()) {
  return Engine::load(package_bytes(package).value(), options).value();
}

inline Tensor sample_picture(std::uint64_t seed = 7) { return random_tensor({1, 1, 12, 12}, seed, 0, 1); }

// Climbs the f32 exits until the margin is large enough, so that inputs part.
struct Climb final : Policy {
  float margin = 0.5f;
  Decision decide(const Situation& situation) const override {
    const Ladder& ladder = situation.ladder;
    const auto index_after = situation.evidence.empty() ? 0u : situation.evidence.back().path.index + 1u;
    const bool done =
        !situation.evidence.empty() && (situation.evidence.back().margin >= margin || index_after >= ladder.size());
    if (done)
      return Decision::answer(situation.evidence.back(), {Measure::margin, situation.evidence.back().margin, margin});
    for (auto i = index_after; i < ladder.size(); ++i) {
      const PathId path{static_cast<std::uint8_t>(i)};
      if (ladder.path(path).precision == Precision::f32) return Decision::run(path);
    }
    return Decision::run(ladder.reference());
  }
  std::string_view name() const override { return "climb"; }
};

}  // namespace rheo::testing
