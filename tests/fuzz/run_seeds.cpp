// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: NAME_fuzzer [--seconds N] FILE_OR_FOLDER...
//
// Every seed runs as it is, then cut short and with single bytes changed, always in the same way. With --seconds,
// random changes follow for that long; they come from a fixed seed, and what a run reached only depends on its number
// of inputs.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes);

namespace {

using Bytes = std::vector<std::uint8_t>;

// Values at which comparisons tip over.
constexpr std::uint8_t kEdges[] = {0, 1, 127, 128, 255};

// The copy is exactly as long as the input, so that a sanitizer sees a read past its end.
void run(const Bytes& bytes, std::size_t& runs) {
  const Bytes exact(bytes);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  ++runs;
}

// The seed, its beginnings, and each of its bytes at every edge; about a thousand places of a long seed.
void run_with_variations(const Bytes& seed, std::size_t& runs) {
  constexpr std::size_t kPlaces = 1000;
  run(seed, runs);
  for (std::size_t at = 0; at < seed.size(); at += seed.size() / kPlaces + 1) {
    run(Bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(at)), runs);
    Bytes changed = seed;
    for (const std::uint8_t edge : kEdges) {
      changed[at] = edge;
      run(changed, runs);
    }
  }
}

// One random change: a byte, a bit, a block that is doubled, removed or swapped with another, a number of a text.
void change(Bytes& bytes, rheo::SplitMix64& random) {
  if (bytes.empty()) bytes.push_back(0);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random.next() % limit); };
  const std::size_t at = below(bytes.size());
  const std::size_t length = 1 + below(std::min<std::size_t>(bytes.size() - at, 16));
  const auto block = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto block_end = block + static_cast<std::ptrdiff_t>(length);
  switch (below(6)) {
    case 0: bytes[at] = kEdges[below(std::size(kEdges))]; break;
    case 1: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << below(8))); break;
    case 2: {
      const Bytes copy(block, block_end);
      bytes.insert(block, copy.begin(), copy.end());
      break;
    }
    case 3: bytes.erase(block, block_end); break;
    case 4:
      std::swap_ranges(block, block_end, bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() - length + 1)));
      break;
    default: {
      const auto digit = std::find_if(block, bytes.end(), [](std::uint8_t c) { return c >= '0' && c <= '9'; });
      if (digit != bytes.end()) *digit = static_cast<std::uint8_t>('0' + below(10));
    }
  }
}

void run_random_changes(const std::vector<Bytes>& seeds, int seconds, std::size_t& runs) {
  constexpr std::size_t kMostChanges = 4;
  constexpr std::size_t kLongest = 1 << 16;
  rheo::SplitMix64 random(1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    Bytes bytes = seeds[static_cast<std::size_t>(random.next() % seeds.size())];
    const std::size_t changes = 1 + static_cast<std::size_t>(random.next() % kMostChanges);
    for (std::size_t i = 0; i < changes && bytes.size() < kLongest; ++i) change(bytes, random);
    run(bytes, runs);
  }
}

void read_into(const std::filesystem::path& file, std::vector<Bytes>& seeds) {
  std::ifstream stream(file, std::ios::binary);
  seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Bytes> seeds;
  int seconds = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--seconds" && i + 1 < argc) {
      seconds = std::atoi(argv[++i]);
    } else if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
        if (entry.is_regular_file()) read_into(entry.path(), seeds);
      }
    } else {
      read_into(argv[i], seeds);
    }
  }
  if (seeds.empty()) {
    std::puts("no seeds: the folder is wrong");
    return 1;
  }
  std::sort(seeds.begin(), seeds.end());  // folders are listed in any order
  std::size_t runs = 0;
  for (const Bytes& seed : seeds) run_with_variations(seed, runs);
  if (seconds > 0) run_random_changes(seeds, seconds, runs);
  std::printf("%zu seeds, %zu inputs\n", seeds.size(), runs);
  return 0;
}
