// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/loop_kernel.h"

#include <utility>
#include <vector>

#include "kernels/cpu/lanes/loops.h"

namespace rheo {
namespace {

class BoundLoop : public BoundKernel {
 public:
  BoundLoop(std::shared_ptr<const LoopBody> body, const Buffers& buffers)
      : body_(std::move(body)),
        inputs_(buffers.inputs.begin(), buffers.inputs.end()),
        outputs_(buffers.outputs.begin(), buffers.outputs.end()),
        buffers_{inputs_, outputs_, buffers.scratch} {}

  Status run(ThreadPool*) override {
    (*body_)(buffers_);
    return {};
  }

 private:
  std::shared_ptr<const LoopBody> body_;
  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
  Buffers buffers_;
};

class LoopKernel : public Kernel {
 public:
  LoopKernel(LoopSettings settings, LoopBody body)
      : settings_(std::move(settings)), body_(std::make_shared<const LoopBody>(std::move(body))) {}

  std::string implementation() const override { return settings_.implementation; }
  std::size_t scratch_bytes() const override { return settings_.scratch_bytes; }
  int in_place_input() const override { return settings_.in_place_input; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundLoop>(body_, buffers));
  }

 private:
  LoopSettings settings_;
  std::shared_ptr<const LoopBody> body_;
};

}  // namespace

std::unique_ptr<Kernel> make_loop_kernel(LoopSettings settings, LoopBody body) {
  return std::make_unique<LoopKernel>(std::move(settings), std::move(body));
}

std::string loops_name(Isa isa) { return loops_for(isa).dot_f32.name; }

}  // namespace rheo
