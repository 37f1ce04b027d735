// SPDX-License-Identifier: Apache-2.0
// Requests of many sizes: sentences of any length up to 32 words by one engine, short ones padded to the next size that
// is ready. Usage: sentences model.onnx
#include <rheo/rheo.h>

#include <cstdint>
#include <iostream>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: sentences model.onnx\n", 2;
  rheo::LoadOptions options;
  options.sizes = {{"sequence", {8, 16, 32}}};  // each made ready here; the weights are held once
  options.mask = "attention_mask";              // what tells words from padding
  auto engine = rheo::Engine::load(argv[1], options).value();

  for (const std::int64_t words : {3, 8, 11, 30}) {
    const std::vector<std::int64_t> ids(static_cast<std::size_t>(words), 7);
    const std::vector<std::int64_t> mask(ids.size(), 1);
    const auto outcome = engine
                             .run({{"input_ids", rheo::TensorView(ids.data(), {1, words})},
                                   {"attention_mask", rheo::TensorView(mask.data(), {1, words})}})
                             .value();
    std::cout << words << " words, computed with " << outcome.record().sizes << ": ";
    std::cout << outcome.output(0).shape().to_string() << ", first number " << outcome.output(0).as<float>()[0] << '\n';
  }
  const auto memory = engine.memory();
  std::cout << memory.sizes << " sizes hold " << memory.weights_bytes << " bytes of weights together\n";
}
