// SPDX-License-Identifier: Apache-2.0
// From a package to an answer in five statements. Usage: hello model.rheo
#include <rheo/rheo.h>

#include <iostream>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: hello model.rheo\n", 2;
  const std::vector<float> pixels(28 * 28, 0.5f);

  auto engine = rheo::Engine::load(argv[1]).value();
  auto outcome = engine.run(rheo::TensorView(pixels.data(), {1, 1, 28, 28})).value();
  auto logits = outcome.output(0).as<float>();
  auto path = outcome.record().path;
  auto why = outcome.record().reason();

  std::cout << "first logit " << logits[0] << " by path " << path << " because " << why << '\n';
}
