// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_dnnl_test.cpp and tests/kernels/cpu/onednn_test.cpp.
#include "kernels/cpu/dnnl/primitive_kernel.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "base/checked.h"
#include "kernels/cpu/refusal.h"

namespace rheo::onednn {
namespace {

struct Plan {
  dnnl::engine engine;
  std::vector<Part> parts;
  PartsSettings settings;
  std::vector<std::size_t> scratch_offsets;
  std::size_t scratch_bytes = 0;
};

// A part with its memory.
struct Call {
  std::vector<dnnl::memory> memory;
  std::vector<dnnl_exec_arg_t> arguments;
  dnnl::stream stream;
};

class BoundParts : public BoundKernel {
 public:
  BoundParts(std::shared_ptr<const Plan> plan, const Buffers& buffers) : plan_(std::move(plan)) {
    output_ = buffers.outputs[0];
    if (plan_->settings.added_input >= 0) {
      added_ = buffers.inputs[static_cast<std::size_t>(plan_->settings.added_input)];
    }
    for (std::size_t i = 0; i < plan_->parts.size(); ++i) {
      Call& call = calls_.emplace_back();
      call.stream = dnnl::stream(plan_->engine);
      for (const Argument& argument : plan_->parts[i].arguments) {
        add(call, argument.id, argument.description, address_of(argument, buffers));
      }
      add(call, DNNL_ARG_SCRATCHPAD, plan_->parts[i].prepared.scratchpad,
          static_cast<std::byte*>(buffers.scratch) + plan_->scratch_offsets[i]);
    }
  }

  Status run(ThreadPool* pool) override {
    if (added_ != nullptr && added_ != output_) std::memcpy(output_, added_, plan_->settings.added_bytes);
    const int count = static_cast<int>(calls_.size());
    if (pool == nullptr || count == 1) {
      for (int i = 0; i < count; ++i) execute(static_cast<std::size_t>(i));
    } else {
      pool->for_each(count, [this](int i) { execute(static_cast<std::size_t>(i)); });
    }
    if (!failed_.exchange(false, std::memory_order_relaxed)) return {};
    return {StatusCode::internal,
            "oneDNN failed while it ran " + plan_->parts[0].prepared.implementation + "; it may be out of memory."};
  }

 private:
  static void* address_of(const Argument& argument, const Buffers& buffers) {
    if (argument.place == Argument::Place::fixed) return argument.fixed.get();
    if (argument.place == Argument::Place::output) {
      return static_cast<std::byte*>(buffers.outputs[argument.index]) + argument.offset;
    }
    // oneDNN takes inputs as mutable memory, but only reads them.
    return static_cast<std::byte*>(const_cast<void*>(buffers.inputs[argument.index])) + argument.offset;
  }

  void add(Call& call, int id, const dnnl::memory::desc& description, void* address) const {
    call.memory.emplace_back(description, plan_->engine, address);
    call.arguments.push_back({id, call.memory.back().get()});
  }

  // Runs on any thread, where nothing may be thrown.
  void execute(std::size_t i) noexcept {
    const Status status = guarded([&]() -> Status {
      const Call& call = calls_[i];
      const dnnl_status_t outcome =
          dnnl_primitive_execute(plan_->parts[i].prepared.primitive.get(), call.stream.get(),
                                 static_cast<int>(call.arguments.size()), call.arguments.data());
      return outcome == dnnl_success ? Status() : Status(StatusCode::internal, "oneDNN failed.");
    });
    if (!status.ok()) failed_.store(true, std::memory_order_relaxed);
  }

  std::shared_ptr<const Plan> plan_;
  const void* added_ = nullptr;
  void* output_;
  std::vector<Call> calls_;
  std::atomic<bool> failed_ = false;
};

class PartsKernel : public Kernel {
 public:
  explicit PartsKernel(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override { return plan_->parts[0].prepared.implementation; }
  std::size_t scratch_bytes() const override { return plan_->scratch_bytes; }
  int in_place_input() const override { return plan_->settings.in_place_input; }
  bool has_copied(std::size_t input) const override {
    const auto reads = [input](const Argument& argument) {
      return argument.place == Argument::Place::input && argument.index == input;
    };
    return static_cast<int>(input) != plan_->settings.added_input &&
           std::ranges::none_of(plan_->parts,
                                [&](const Part& part) { return std::ranges::any_of(part.arguments, reads); });
  }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return guarded([&]() -> Result<std::unique_ptr<BoundKernel>> {
      return std::unique_ptr<BoundKernel>(std::make_unique<BoundParts>(plan_, buffers));
    });
  }

 private:
  std::shared_ptr<const Plan> plan_;
};

}  // namespace

Argument constant_of(int id, std::vector<float> numbers) {
  const std::int64_t count = static_cast<std::int64_t>(numbers.size());
  auto kept = std::make_shared<std::vector<float>>(std::move(numbers));
  return Argument::constant(id, describe({count}, DType::f32, Layout::plain),
                            std::shared_ptr<void>(kept, kept->data()));
}

std::unique_ptr<Kernel> make_primitive_kernel(const dnnl::engine& engine, std::vector<Part> parts,
                                              PartsSettings settings) {
  auto plan = std::make_shared<Plan>();
  plan->engine = engine;
  plan->parts = std::move(parts);
  plan->settings = settings;
  for (const Part& part : plan->parts) {
    plan->scratch_offsets.push_back(plan->scratch_bytes);
    plan->scratch_bytes += align_up(part.prepared.scratchpad.get_size(), 64);
  }
  return std::make_unique<PartsKernel>(std::move(plan));
}

Shape widened(const Shape& shape, std::size_t rank) {
  Shape wide;
  for (std::size_t i = shape.rank(); i < rank; ++i) wide.push_back(1);
  for (const std::int64_t dim : shape.dims()) wide.push_back(dim);
  return wide;
}

dnnl::engine cpu_engine() { return {dnnl::engine::kind::cpu, 0}; }

dnnl::primitive_attr with_own_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace rheo::onednn
