// SPDX-License-Identifier: Apache-2.0
// Rheo's reference path against LibTorch on the same TorchScript file, batch 1, one thread each, in turn. Prints the
// ratio of medians. Usage: rheo_vs_libtorch MODEL.pt PACKAGE.rheo IMAGES.idx
#include <ATen/Parallel.h>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <vector>

#include <rheo/engine.h>

namespace {

constexpr std::size_t kPixels = 28 * 28;
constexpr std::size_t kHeaderBytes = 16;
constexpr int kWarmUp = 50;
constexpr int kRounds = 1500;

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

template <typename F>
double time_us(F&& f) {
  const auto started = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "usage: rheo_vs_libtorch MODEL.pt PACKAGE.rheo IMAGES.idx\n", 2;
  at::set_num_threads(1);
  const torch::InferenceMode inference;
  torch::jit::Module module = torch::jit::load(argv[1], torch::kCPU);
  module.eval();
  module = torch::jit::optimize_for_inference(module);
  const rheo::Engine engine = rheo::Engine::load(std::string(argv[2])).value();
  const std::string path(engine.ladder().name(engine.ladder().reference()));
  std::ifstream file(argv[3], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < kHeaderBytes + kPixels * (kWarmUp + kRounds))
    return std::cerr << argv[3] << " holds too few pictures\n", 1;

  std::vector<double> ours;
  std::vector<double> theirs;
  double largest_difference = 0;
  for (int round = 0; round < kWarmUp + kRounds; ++round) {
    std::vector<float> pixels(kPixels);
    for (std::size_t i = 0; i < kPixels; ++i) {
      pixels[i] = static_cast<float>(
                      static_cast<unsigned char>(bytes[kHeaderBytes + static_cast<std::size_t>(round) * kPixels + i])) /
                  255.0f;
    }
    const torch::Tensor input = torch::from_blob(pixels.data(), {1, 1, 28, 28});
    torch::Tensor logits;
    const double torch_us = time_us([&] { logits = module.forward({input}).toTuple()->elements().back().toTensor(); });
    const rheo::TensorView picture(pixels.data(), {1, 1, 28, 28});
    std::optional<rheo::Outcome> outcome;
    const double rheo_us = time_us([&] { outcome = engine.run(picture, {.path = path}).value(); });
    const auto got = outcome->output(0).as<float>();
    for (std::size_t c = 0; c < got.size(); ++c) {
      const float expected = logits[0][static_cast<std::int64_t>(c)].item<float>();
      largest_difference = std::max(largest_difference, static_cast<double>(std::abs(got[c] - expected)));
    }
    if (round < kWarmUp) continue;
    theirs.push_back(torch_us);
    ours.push_back(rheo_us);
  }
  std::cout << median(ours) / median(theirs) << '\n';
  std::cout << "rheo " << median(ours) << " us, LibTorch " << median(theirs) << " us, largest difference of a logit "
            << largest_difference << '\n';
}
