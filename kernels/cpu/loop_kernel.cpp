// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/loop_kernel.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/try.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

class BoundLoop : public BoundKernel {
 public:
  BoundLoop(std::shared_ptr<const LoopBody> body, const LoopSettings& settings, const Buffers& buffers)
      : body_(std::move(body)),
        check_(settings.check),
        parts_(settings.parts),
        chunks_(settings.bytes < static_cast<std::size_t>(kWorthSharing) ? 1 : chunks_for(settings.threads)),
        inputs_(buffers.inputs.begin(), buffers.inputs.end()),
        outputs_(buffers.outputs.begin(), buffers.outputs.end()),
        buffers_{inputs_, outputs_, buffers.scratch} {}

  Status run(ThreadPool* pool) override {
    if (check_) RHEO_RETURN_IF_ERROR(check_(buffers_));
    share(pool, chunks_, parts_, [this](std::int64_t begin, std::int64_t end) { (*body_)(buffers_, begin, end); });
    return {};
  }

 private:
  std::shared_ptr<const LoopBody> body_;
  LoopCheck check_;
  std::int64_t parts_;
  int chunks_;
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
  bool has_copied(std::size_t input) const override {
    return std::ranges::find(settings_.copied_inputs, input) != settings_.copied_inputs.end();
  }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundLoop>(body_, settings_, buffers));
  }

 private:
  LoopSettings settings_;
  std::shared_ptr<const LoopBody> body_;
};

}  // namespace

std::unique_ptr<Kernel> make_loop_kernel(LoopSettings settings, LoopBody body) {
  return std::make_unique<LoopKernel>(std::move(settings), std::move(body));
}

std::unique_ptr<Kernel> make_empty_kernel() {
  return make_loop_kernel({.implementation = "own:nothing"}, [](const Buffers&, std::int64_t, std::int64_t) {});
}

LoopSettings loop_settings(const KernelRequest& request) {
  LoopSettings settings{.implementation = loops_name(request.isa)};
  for (const std::span<const Operand> side : {request.inputs, request.outputs}) {
    for (const Operand& operand : side) {
      if (operand.type == nullptr) continue;
      settings.bytes = saturating_add(settings.bytes, storage_bytes(*operand.type, operand.layout));
    }
  }
  settings.threads = request.threads;
  return settings;
}

std::string loops_name(Isa isa) { return loops_for(isa).dot_f32.name; }

}  // namespace rheo
