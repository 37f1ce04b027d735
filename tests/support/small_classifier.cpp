// SPDX-License-Identifier: Apache-2.0
#include "support/small_classifier.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "base/random.h"
#include "load/package.h"
#include "transform/pass.h"

namespace rheo::testing {
namespace {

constexpr std::size_t kClasses = 5;
constexpr std::size_t kPixels = 64;
constexpr float kSharpness = 1.3F;  // of the template match: what one unit of squared distance is worth in logits
constexpr double kHardShare = 0.4;
constexpr double kNoise = 0.1;

using Template = std::array<float, kPixels>;

// What each class looks like, in [0, 1).
std::array<Template, kClasses> templates() {
  std::array<Template, kClasses> all{};
  SplitMix64 random(20);
  for (Template& one : all) {
    for (float& pixel : one) pixel = static_cast<float>(random.uniform());
  }
  return all;
}

// Nearly normal: the sum of twelve uniform numbers.
double normal(SplitMix64& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

// Logits that grow with the nearness to each template.
ValueId match_templates(Net& net, ValueId flat) {
  const auto all = templates();
  Tensor weights = Tensor::zeros(DType::f32, {kClasses, kPixels}).value();
  Tensor offsets = Tensor::zeros(DType::f32, {kClasses}).value();
  for (std::size_t c = 0; c < kClasses; ++c) {
    for (std::size_t i = 0; i < kPixels; ++i) {
      weights.as_mutable<float>()[c * kPixels + i] = kSharpness * all[c][i];
      offsets.as_mutable<float>()[c] -= kSharpness * all[c][i] * all[c][i] / 2;
    }
  }
  const ValueId weight = net.builder().add_constant("templates", std::move(weights)).value();
  const ValueId offset = net.builder().add_constant("nearness", std::move(offsets)).value();
  return net.node(OpKind::linear, {flat, weight, offset}, {}, "match");
}

}  // namespace

GraphPointer small_classifier() {
  Net net(7);
  const ValueId image = net.builder().add_input("image", {DType::f32, {kDynamic, 1, 8, 8}, {}}, {1.0 / 255, 0}).value();
  const auto flatten = [&](ValueId x, const char* name) {
    return net.node(OpKind::flatten, {x}, {{"start", 1}, {"end", -1}}, name);
  };
  const ValueId first = match_templates(net, flatten(image, "pixels"));
  net.exit("exit1", first);
  const ValueId edges = net.node(OpKind::relu, {net.conv(image, 4, 3, 1, "edges")}, {}, "edges.relu");
  const ValueId coarse =
      net.node(OpKind::max_pool2d, {edges},
               {{"kernel", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}}, "coarse");
  const ValueId correction = net.linear(flatten(coarse, "coarse.flat"), kClasses, "correction");
  const ValueId second = net.node(OpKind::add, {first, correction}, {}, "second");
  net.exit("exit2", second);
  const ValueId fine = net.node(OpKind::relu, {net.conv(coarse, 4, 3, 1, "fine")}, {}, "fine.relu");
  const ValueId last = net.linear(flatten(fine, "fine.flat"), kClasses, "last");
  net.exit("final", net.node(OpKind::add, {second, last}, {}, "third"));
  return optimize(net.build()).value();
}

SmallData small_data(std::int64_t count, std::uint64_t seed) {
  SmallData data{Tensor::zeros(DType::u8, {count, 8, 8}).value(), Tensor::zeros(DType::u8, {count}).value()};
  const auto all = templates();
  SplitMix64 random(seed);
  auto pixels = data.images.as_mutable<std::uint8_t>();
  for (std::size_t item = 0; item < static_cast<std::size_t>(count); ++item) {
    const auto truth = static_cast<std::size_t>(random.next() % kClasses);
    const std::size_t other = (truth + 1 + random.next() % (kClasses - 1)) % kClasses;
    const bool hard = random.uniform() < kHardShare;
    const double blend = hard ? 0.35 + 0.15 * random.uniform() : 0.15 * random.uniform();
    for (std::size_t i = 0; i < kPixels; ++i) {
      const double pixel = (1 - blend) * all[truth][i] + blend * all[other][i] + kNoise * normal(random);
      pixels[item * kPixels + i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(pixel, 0.0, 1.0)));
    }
    data.labels.as_mutable<std::uint8_t>()[item] = static_cast<std::uint8_t>(truth);
  }
  return data;
}

void write_idx(const std::string& file, const Tensor& tensor) {
  std::ofstream stream(file, std::ios::binary);
  const auto put = [&](std::int64_t byte) { stream.put(static_cast<char>(byte & 0xff)); };
  put(0);
  put(0);
  put(8);
  put(static_cast<std::int64_t>(tensor.shape().rank()));
  for (std::size_t i = 0; i < tensor.shape().rank(); ++i) {
    for (const int shift : {24, 16, 8, 0}) put(tensor.shape()[i] >> shift);
  }
  stream.write(static_cast<const char*>(tensor.data()), static_cast<std::streamsize>(tensor.size_bytes()));
  if (!stream.flush()) throw std::runtime_error("cannot write " + file);
}

SmallSample::SmallSample(std::int64_t count, std::uint64_t seed) {
  Package package;
  package.graph = small_classifier();
  if (Status status = write_package(package, model()); !status.ok()) throw_error(std::move(status));
  const SmallData data = small_data(count, seed);
  write_idx(images(), data.images);
  write_idx(labels(), data.labels);
}

AdaptOptions small_options() {
  AdaptOptions options;
  options.max_disagreement = 0.08;
  options.policies = 6;
  options.precisions = {Precision::bf16, Precision::int8};  // whether mixed is of use depends on the machine
  return options;
}

Ladder with_written_costs(const Ladder& measured) {
  constexpr std::array kExitUs = {10.0, 30.0, 100.0};
  constexpr std::array kShare = {1.0, 0.6, 0.4};  // f32, bf16, int8
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    Ladder::Rung rung{measured.path(id), measured.profile(id)};
    const double cost_us =
        kExitUs[static_cast<std::size_t>(rung.path.exit_index)] * kShare[static_cast<std::size_t>(rung.path.precision)];
    rung.profile.latency_us = cost_us;
    rung.profile.latency_p99_us = 1.1 * cost_us;
    rung.profile.batches = {{1, cost_us}, {8, 6 * cost_us}};
    rungs.push_back(std::move(rung));
  }
  std::sort(rungs.begin(), rungs.end(),
            [](const auto& a, const auto& b) { return a.profile.latency_us < b.profile.latency_us; });
  return Ladder::create(std::move(rungs)).value();
}

const Workbench& small_workbench() {
  static const Workbench bench = [] {
    const SmallSample sample;
    Workbench made = make_workbench(sample.model(), sample.images(), sample.labels(), small_options()).value();
    made.ladder = with_written_costs(made.ladder);
    made.table = record_table(*made.plans, made.ladder, made.data, {}).value();
    return made;
  }();
  return bench;
}

}  // namespace rheo::testing
