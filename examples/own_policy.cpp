// SPDX-License-Identifier: Apache-2.0
// A policy of your own: take the cheapest path, go straight to the reference when it is unsure.
// Usage: own_policy model.rheo
#include <rheo/rheo.h>

#include <iostream>
#include <vector>

struct TwoSteps final : rheo::Policy {
  rheo::Decision decide(const rheo::Situation& situation) const override {
    if (situation.evidence.empty()) return rheo::Decision::run(situation.ladder.cheapest());
    const rheo::Evidence& last = situation.evidence.back();
    const bool sure = last.usable && last.margin >= 0.9f;
    const bool at_end = last.path == situation.ladder.reference();
    const rheo::Reason reason{rheo::Measure::margin, last.margin, 0.9f};
    return sure || at_end ? rheo::Decision::answer(last, reason)
                          : rheo::Decision::run(situation.ladder.reference(), reason);
  }
  std::string_view name() const override { return "two steps"; }
};

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: own_policy model.rheo\n", 2;
  const std::vector<float> pixels(28 * 28, 0.5f);
  auto engine = rheo::Engine::load(argv[1], {.policy = std::make_shared<TwoSteps>()}).value();
  auto outcome = engine.run(rheo::TensorView(pixels.data(), {1, 1, 28, 28})).value();
  for (const rheo::Evidence& step : outcome.record().evidence) {
    std::cout << engine.ladder().name(step.path) << ": margin " << step.margin << '\n';
  }
  std::cout << "answered with " << outcome.record().path << ", certified: " << outcome.record().certified << '\n';
}
