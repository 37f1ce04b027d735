// SPDX-License-Identifier: Apache-2.0
// An estimator of your own: dark pictures are easy, so their evidence is trusted more.
// Usage: own_estimator model.rheo
#include <rheo/rheo.h>

#include <algorithm>
#include <iostream>
#include <vector>

struct Brightness final : rheo::Estimator {
  rheo::Complexity estimate(const rheo::Observation& observation) const override {
    rheo::Complexity complexity;
    complexity.score = std::clamp(observation.statistics.mean, 0.0f, 1.0f);
    for (std::size_t i = 0; i < observation.ladder.size(); ++i) {
      const rheo::PathId path{static_cast<std::uint8_t>(i)};
      const auto usual = static_cast<float>(observation.ladder.profile(path).agreement);
      complexity.agreement[i] = usual + (1 - usual) * (1 - complexity.score) * 0.5f;
    }
    for (const rheo::Evidence& step : observation.evidence)
      complexity.agreement[step.path.index] = step.top_probability;
    complexity.agreement[observation.ladder.reference().index] = 1;
    return complexity;
  }
  std::string_view name() const override { return "brightness"; }
};

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: own_estimator model.rheo\n", 2;
  const std::vector<float> pixels(28 * 28, 0.1f);
  rheo::LoadOptions options;
  options.estimator = std::make_shared<Brightness>();
  options.allow_uncertified = true;
  auto engine = rheo::Engine::load(argv[1], options).value();
  auto outcome = engine.run(rheo::TensorView(pixels.data(), {1, 1, 28, 28})).value();
  std::cout << "complexity " << outcome.record().score << ", answered with " << outcome.record().path << '\n';
}
