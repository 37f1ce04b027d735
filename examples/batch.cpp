// SPDX-License-Identifier: Apache-2.0
// Many inputs at once, each on its own path; and requests from several threads. Usage: batch model.rheo
#include <rheo/rheo.h>

#include <iostream>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: batch model.rheo\n", 2;
  std::vector<std::vector<float>> pictures;
  std::vector<rheo::TensorView> items;
  for (int i = 0; i < 8; ++i) pictures.emplace_back(28 * 28, static_cast<float>(i) / 8);
  for (const auto& picture : pictures) items.emplace_back(picture.data(), rheo::Shape{1, 1, 28, 28});

  auto engine = rheo::Engine::load(argv[1], {.batches = {1, 8}, .workers = 2}).value();
  const std::vector<rheo::Outcome> outcomes = engine.run_batch(items).value();
  for (const rheo::Outcome& outcome : outcomes) {
    std::cout << outcome.record().path << ": " << outcome.record().reason() << '\n';
  }
  std::vector<std::future<rheo::Result<rheo::Outcome>>> futures;
  for (const rheo::TensorView& item : items) futures.push_back(engine.submit(item));
  for (auto& future : futures) std::cout << "submitted: " << future.get().value().record().path << '\n';
}
