// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over files, for compilers without libFuzzer. Every seed is also run truncated and with single bits
// flipped, always the same ones.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes);

namespace {

// The copy is exactly as long as the input, so that a sanitizer sees a read past its end.
void run(const std::vector<std::uint8_t>& bytes) {
  const std::vector<std::uint8_t> exact(bytes);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

int run_with_variations(const std::vector<std::uint8_t>& seed) {
  constexpr std::size_t kVariations = 200;
  run(seed);
  const std::size_t step = seed.size() / kVariations + 1;
  int runs = 1;
  for (std::size_t at = 0; at < seed.size(); at += step) {
    run(std::vector<std::uint8_t>(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(at)));
    std::vector<std::uint8_t> flipped = seed;
    flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ (1U << (at % 8)));
    run(flipped);
    runs += 2;
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      runs += run_with_variations({std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
    }
  }
  std::printf("%d inputs\n", runs);
  return runs == 0 ? 1 : 0;  // no seeds: the folder is wrong
}
