// SPDX-License-Identifier: Apache-2.0
// Rheo's reference path against LibTorch on the same TorchScript file, batch 1, one thread each, in turn. Prints the
// ratio of medians; fails when the two compute different things. Usage: torch_peer MODEL.pt PACKAGE.rheo IMAGES.idx
// ROUNDS OPENBLAS_NUM_THREADS and OMP_NUM_THREADS must be 1 in the environment: they are read before main.
#include <ATen/Parallel.h>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include <rheo/engine.h>

namespace {

constexpr std::size_t kPixels = 28 * 28;
constexpr std::size_t kHeaderBytes = 16;
constexpr int kWarmUp = 50;
// Of the largest logit. Winograd and GEMM round f32 differently, by some 1e-6 per layer.
constexpr double kLargestDifference = 1e-3;

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

struct Samples {
  std::vector<double> ours_us;
  std::vector<double> theirs_us;
  double largest_difference = 0;  // of a logit
  double largest_logit = 0;
};

Samples compare(torch::jit::Module& module, const rheo::Engine& engine, const std::vector<char>& images, int rounds) {
  const std::string path(engine.ladder().name(engine.ladder().reference()));
  const std::size_t pictures = (images.size() - kHeaderBytes) / kPixels;
  Samples samples;
  for (int round = 0; round < kWarmUp + rounds; ++round) {
    const char* stored = images.data() + kHeaderBytes + static_cast<std::size_t>(round) % pictures * kPixels;
    std::vector<float> pixels(kPixels);
    for (std::size_t i = 0; i < kPixels; ++i) {
      pixels[i] = static_cast<float>(static_cast<unsigned char>(stored[i])) / 255.0f;
    }
    const torch::Tensor input = torch::from_blob(pixels.data(), {1, 1, 28, 28});
    torch::Tensor logits;
    const double torch_us = time_us([&] { logits = module.forward({input}).toTuple()->elements().back().toTensor(); });
    const rheo::TensorView picture(pixels.data(), {1, 1, 28, 28});
    std::optional<rheo::Outcome> outcome;
    const double rheo_us = time_us([&] { outcome = engine.run(picture, {.path = path}).value(); });
    const auto got = outcome->output(0).as<float>();
    for (std::size_t c = 0; c < got.size(); ++c) {
      const double expected = logits[0][static_cast<std::int64_t>(c)].item<float>();
      samples.largest_difference = std::max(samples.largest_difference, std::abs(got[c] - expected));
      samples.largest_logit = std::max(samples.largest_logit, std::abs(expected));
    }
    if (round < kWarmUp) continue;
    samples.theirs_us.push_back(torch_us);
    samples.ours_us.push_back(rheo_us);
  }
  return samples;
}

bool is_one(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && std::string_view(value) == "1";
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc == 5 ? std::atoi(argv[4]) : 0;
  if (rounds < 1) return std::cerr << "usage: torch_peer MODEL.pt PACKAGE.rheo IMAGES.idx ROUNDS\n", 2;
  if (!is_one("OPENBLAS_NUM_THREADS") || !is_one("OMP_NUM_THREADS"))
    return std::cerr << "Set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1: both sides use one thread.\n", 2;
  at::set_num_threads(1);
  const torch::InferenceMode inference;
  torch::jit::Module module = torch::jit::load(argv[1], torch::kCPU);
  module.eval();
  module = torch::jit::optimize_for_inference(module);
  const rheo::Engine engine = rheo::Engine::load(std::string(argv[2])).value();
  std::ifstream file(argv[3], std::ios::binary);
  const std::vector<char> images{std::istreambuf_iterator<char>(file), {}};
  if (images.size() < kHeaderBytes + kPixels) return std::cerr << argv[3] << " holds no picture\n", 1;

  const Samples samples = compare(module, engine, images, rounds);
  const double difference = samples.largest_difference / samples.largest_logit;
  if (!(difference <= kLargestDifference))
    return std::cerr << "Rheo and LibTorch differ by " << difference << " of the largest logit, more than "
                     << kLargestDifference << ": they do not compute the same network.\n",
           1;
  std::cout << median(samples.ours_us) / median(samples.theirs_us) << '\n';
  std::cout << "rheo " << median(samples.ours_us) << " us, LibTorch " << median(samples.theirs_us)
            << " us, largest difference " << difference << " of the largest logit\n";
}
