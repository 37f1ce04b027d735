// SPDX-License-Identifier: Apache-2.0
#include "support/simulated_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/random.h"

namespace rheo::testing_support {
namespace {

constexpr std::size_t kClasses = 10;
constexpr std::array<double, 4> kShareOfTime = {0.06, 0.14, 0.45, 1.0};
constexpr std::array<const char*, 4> kExits = {"exit1", "exit2", "exit3", "final"};
constexpr std::array<double, 4> kNoise = {1.6, 1.0, 0.7, 0.0};
constexpr double kReferenceUs = 400;

double normal(SplitMix64& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

}  // namespace

Ladder::Rung rung(const std::string& exit, int exit_index, Precision precision, double latency_us, double agreement) {
  Ladder::Rung rung;
  rung.path = {precision, exit, exit_index};
  rung.profile.latency_us = latency_us;
  rung.profile.latency_p99_us = latency_us * 1.2;
  rung.profile.multiply_adds = 1000 * latency_us * (precision == Precision::int8 ? 3 : 1);
  rung.profile.agreement = agreement;
  return rung;
}

Ladder simulated_ladder(Precisions precisions) {
  std::vector<Ladder::Rung> rungs;
  for (int exit = 0; exit < 4; ++exit) {
    const auto e = static_cast<std::size_t>(exit);
    const double latency_us = kReferenceUs * kShareOfTime[e];
    const double agreement = 0.85 + 0.05 * exit;
    rungs.push_back(rung(kExits[e], exit, Precision::f32, latency_us, agreement));
    if (precisions == Precisions::int8_and_f32) {
      rungs.push_back(rung(kExits[e], exit, Precision::int8, latency_us / 3, agreement - 0.01));
    }
  }
  std::stable_sort(rungs.begin(), rungs.end(), [](const Ladder::Rung& a, const Ladder::Rung& b) {
    return a.profile.latency_us < b.profile.latency_us;
  });
  return Ladder::create(std::move(rungs)).value();
}

AgreementTable simulated_table(const Ladder& ladder, std::size_t inputs, std::uint64_t seed, Structure structure) {
  AgreementTable table = AgreementTable::create(ladder.size(), inputs, kClasses).value();
  SplitMix64 random(seed);
  std::array<std::array<float, kClasses>, 4> logits{};
  for (std::size_t input = 0; input < inputs; ++input) {
    const auto truth = static_cast<std::size_t>(random.next() % kClasses);
    const double difficulty = random.uniform();
    const double lead = 9 * (1 - difficulty) + 0.4;  // of the true class in the last exit
    const bool stuck = structure == Structure::skippable && random.uniform() < 0.3;
    std::array<double, kClasses> shared{};
    for (double& noise : shared) noise = normal(random);
    for (std::size_t exit = 0; exit < 4; ++exit) {
      for (std::size_t c = 0; c < kClasses; ++c) {
        double z = (c == truth ? lead : 0) + 0.5 * shared[c] + kNoise[exit] * normal(random);
        if (stuck && exit < 3) z = 0.2 * normal(random);
        logits[exit][c] = static_cast<float>(z);
      }
    }
    for (std::size_t path = 0; path < ladder.size(); ++path) {
      const PathId id{static_cast<std::uint8_t>(path)};
      std::array<float, kClasses> row = logits[static_cast<std::size_t>(ladder.path(id).exit_index)];
      if (ladder.path(id).precision == Precision::int8) {
        for (float& z : row) z += 0.08f * static_cast<float>(normal(random));
      }
      table.set_logits(id, input, row);
    }
    table.set_label(input, static_cast<std::int32_t>(random.uniform() < 0.93 ? truth : (truth + 1) % kClasses));
    const auto hint = static_cast<float>(difficulty + 0.3 * normal(random));
    table.set_statistics(input, {0.3f, 0.1f, hint, static_cast<float>(normal(random))});
  }
  return table;
}

std::vector<int> rows(int first, int last) {
  std::vector<int> result(static_cast<std::size_t>(last - first));
  std::iota(result.begin(), result.end(), first);
  return result;
}

}  // namespace rheo::testing_support
