// SPDX-License-Identifier: Apache-2.0
#include "plan/fake_kernels.h"

#include <gtest/gtest.h>

#include <cstring>

namespace rheo::testing {
namespace {

constexpr std::size_t kScratchBytes = 192;

class Scrambler : public BoundKernel {
 public:
  Scrambler(OpKind op, const Buffers& buffers, std::vector<std::size_t> counts, std::size_t count)
      : op_(op),
        inputs_(buffers.inputs.begin(), buffers.inputs.end()),
        output_(static_cast<float*>(buffers.outputs[0])),
        scratch_(buffers.scratch),
        counts_(std::move(counts)),
        count_(count) {}

  Status run(ThreadPool*) override {
    std::vector<std::span<const float>> inputs;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i] != nullptr) inputs.emplace_back(static_cast<const float*>(inputs_[i]), counts_[i]);
    }
    std::memset(scratch_, 0xa5, kScratchBytes);
    const std::vector<float> hash = scramble(op_, inputs, count_);
    std::memcpy(output_, hash.data(), hash.size() * sizeof(float));
    return {};
  }

 private:
  OpKind op_;
  std::vector<const void*> inputs_;
  float* output_;
  void* scratch_;
  std::vector<std::size_t> counts_;
  std::size_t count_;
};

class ScramblerKernel : public Kernel {
 public:
  explicit ScramblerKernel(const KernelRequest& request) : op_(request.op) {
    for (const Operand& input : request.inputs) counts_.push_back(input.type == nullptr ? 0 : elements(input));
    count_ = elements(request.outputs[0]);
  }
  std::string implementation() const override { return "fake"; }
  std::size_t scratch_bytes() const override { return kScratchBytes; }
  int in_place_input() const override {
    if (op_ == OpKind::relu) return 0;
    return op_ == OpKind::add ? 1 : -1;
  }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(new Scrambler(op_, buffers, counts_, count_));
  }

 private:
  static std::size_t elements(const Operand& operand) { return storage_bytes(*operand.type, operand.layout) / 4; }
  OpKind op_;
  std::vector<std::size_t> counts_;
  std::size_t count_ = 0;
};

Result<std::unique_ptr<Kernel>> make_any(const KernelRequest& request) {
  return std::unique_ptr<Kernel>(new ScramblerKernel(request));
}

// Element-wise: all pictures in one layout.
Result<std::unique_ptr<Kernel>> make_even(const KernelRequest& request) {
  for (const Operand& input : request.inputs) {
    if (input.layout != request.outputs[0].layout) return Status(StatusCode::unsupported, "Layouts differ.");
  }
  return make_any(request);
}

template <Layout input, Layout output>
Result<std::unique_ptr<Kernel>> make_in(const KernelRequest& request) {
  if (request.inputs[0].layout != input || request.outputs[0].layout != output) {
    return Status(StatusCode::unsupported,
                  "It takes " + std::string(name_of(input)) + " to " + std::string(name_of(output)) + ".");
  }
  return make_any(request);
}

}  // namespace

std::span<const KernelEntry> fake_kernels() {
  static constexpr std::array kEntries = {
      KernelEntry{OpKind::conv2d, "fake.blocked", &make_in<Layout::nchw16c, Layout::nchw16c>},
      KernelEntry{OpKind::conv2d, "fake.mixed", &make_in<Layout::nhwc, Layout::nchw16c>},
      KernelEntry{OpKind::conv2d, "fake.wide", &make_in<Layout::nhwc, Layout::nhwc>},
      KernelEntry{OpKind::relu, "fake.relu", &make_even},
      KernelEntry{OpKind::add, "fake.add", &make_even},
      KernelEntry{OpKind::reorder, "fake.reorder", &make_any},
  };
  return kEntries;
}

std::span<const KernelEntry> fake_references() {
  static constexpr std::array kEntries = {
      KernelEntry{OpKind::sub, "fake.ref.sub", &make_in<Layout::plain, Layout::plain>},
  };
  return kEntries;
}

std::vector<float> scramble(OpKind op, std::span<const std::span<const float>> inputs, std::size_t count) {
  std::uint64_t hash = 1469598103934665603u + static_cast<std::uint64_t>(op);
  for (std::span<const float> input : inputs) {
    for (float x : input) {
      std::uint32_t bits;
      std::memcpy(&bits, &x, sizeof(bits));
      hash = (hash ^ bits) * 1099511628211u;
    }
  }
  std::vector<float> output(count);
  for (std::size_t i = 0; i < count; ++i) {
    hash = (hash ^ i) * 1099511628211u;
    output[i] = static_cast<float>(hash >> 40);
  }
  return output;
}

TEST(FakeKernels, OneChangedElementChangesTheWholeHash) {
  const std::vector<float> a = {1, 2, 3};
  const std::vector<float> b = {1, 2, 4};
  const std::span<const float> first = a;
  const std::span<const float> second = b;
  const auto x = scramble(OpKind::relu, std::span(&first, 1), 4);
  const auto y = scramble(OpKind::relu, std::span(&second, 1), 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NE(x[i], y[i]);
}

}  // namespace rheo::testing
