// SPDX-License-Identifier: Apache-2.0
// Deadlines and stop tokens: the best answer so far, marked as not certified, or a clear status.
// Usage: deadline model.rheo
#include <rheo/rheo.h>

#include <chrono>
#include <iostream>
#include <stop_token>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: deadline model.rheo\n", 2;
  const std::vector<float> pixels(28 * 28, 0.5f);
  const rheo::TensorView picture(pixels.data(), {1, 1, 28, 28});
  auto engine = rheo::Engine::load(argv[1]).value();

  for (const auto timeout :
       {std::chrono::microseconds(0), std::chrono::microseconds(20), std::chrono::microseconds(20000)}) {
    const auto outcome = engine.run(picture, {.timeout = timeout});
    std::cout << timeout.count() << " us: ";
    if (!outcome) {
      std::cout << outcome.status().to_string() << '\n';
      continue;
    }
    const rheo::RunRecord& record = outcome->record();
    std::cout << record.path << ", certified: " << record.certified << ", cut short: " << name_of(record.interrupted)
              << '\n';
  }
  std::stop_source source;
  source.request_stop();
  std::cout << "stopped: " << engine.run(picture, {.stop = source.get_token()}).status().to_string() << '\n';
}
