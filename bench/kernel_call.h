// SPDX-License-Identifier: Apache-2.0
// One kernel of the CPU list with its memory, on one thread, and the comparison of two of them turn by turn.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <rheo/tensor.h>

#include "kernels/kernel.h"

namespace rheo::bench {

struct CallInput {
  TensorType type;
  Layout layout = Layout::plain;
  bool is_constant = false;
};

struct CallRequest {
  OpKind op{};
  Attributes attributes;
  std::vector<CallInput> inputs;
  TensorType output;
  Layout output_layout = Layout::plain;
  std::vector<TensorType> more_outputs{};  // plain
};

inline TensorType type_of(DType dtype, const Shape& shape, float scale = 0.01F) {
  const bool is_byte = dtype == DType::u8 || dtype == DType::i8;
  return {dtype, shape, {is_byte ? std::vector<float>{scale} : std::vector<float>{}, 0}};
}

// Numbers between -1 and 1 (bytes: 0 to 60), none so small that it would be slow to multiply.
inline void fill(void* memory, std::size_t size, DType dtype) {
  const std::size_t width = size_bytes(dtype);
  for (std::size_t i = 0; i < size / width; ++i) {
    const unsigned step = static_cast<unsigned>(i * 7 % 61);
    const float number = (static_cast<float>(step) - 30) / 32;
    const auto half = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(number) >> 16);
    const auto byte = static_cast<std::uint8_t>(step);
    const void* value = dtype == DType::f32 ? static_cast<const void*>(&number) : &half;
    std::memcpy(static_cast<std::byte*>(memory) + i * width, width == 1 ? &byte : value, width);
  }
}

class KernelCall {
 public:
  KernelCall(std::string_view entry, CallRequest request) : request_(std::move(request)) {
    std::vector<Operand> operands;
    for (const CallInput& input : request_.inputs) {
      const auto bytes = static_cast<std::int64_t>(storage_bytes(input.type, input.layout));
      Tensor memory = Tensor::zeros(DType::u8, {bytes}).value();
      fill(memory.mutable_data(), static_cast<std::size_t>(bytes), input.type.dtype);
      memory_.push_back(Tensor::share(nullptr, memory.data(), input.type.dtype, input.type.shape));
      owned_.push_back(std::move(memory));
    }
    for (std::size_t i = 0; i < memory_.size(); ++i) {
      const CallInput& input = request_.inputs[i];
      operands.push_back({&input.type, input.layout, input.is_constant ? &memory_[i] : nullptr});
    }
    std::vector<Operand> outputs = {{&request_.output, request_.output_layout, nullptr}};
    for (const TensorType& type : request_.more_outputs) outputs.push_back({&type, Layout::plain, nullptr});
    prepare(entry, {request_.op, &request_.attributes, operands, outputs, select_isa("").value(), 1, &store_});
  }

  bool is_refused() const { return bound_ == nullptr; }
  const std::string& label() const { return label_; }  // the implementation, or why not
  double make_us() const { return make_us_; }
  double run_seconds(int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) bound_->run(nullptr).ok();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
  }

 private:
  void prepare(std::string_view name, const KernelRequest& request) {
    label_ = "no such entry";
    for (const KernelEntry& entry : cpu_kernels()) {
      if (entry.name != name) continue;
      const auto start = std::chrono::steady_clock::now();
      auto kernel = entry.make(request);
      make_us_ = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
      label_ = kernel ? (*kernel)->implementation() : kernel.status().message();
      if (kernel) kernel_ = std::move(*kernel);
    }
    if (kernel_ == nullptr) return;
    const auto bytes = [](std::size_t size) { return Tensor::zeros(DType::u8, {static_cast<std::int64_t>(size)}); };
    scratch_ = bytes(kernel_->scratch_bytes() + 1).value();
    output_ = bytes(storage_bytes(request_.output, request_.output_layout)).value();
    std::vector<const void*> inputs;
    for (const Tensor& memory : memory_) inputs.push_back(memory.data());
    std::vector<void*> outputs = {output_.mutable_data()};
    for (const TensorType& type : request_.more_outputs)
      outputs.push_back(more_outputs_.emplace_back(bytes(storage_bytes(type, Layout::plain)).value()).mutable_data());
    bound_ = kernel_->bind({inputs, outputs, scratch_.mutable_data()}).value();
  }

  CallRequest request_;
  std::vector<Tensor> owned_, memory_;
  Tensor output_, scratch_;
  std::vector<Tensor> more_outputs_;
  WeightStore store_;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<BoundKernel> bound_;
  std::string label_;
  double make_us_ = 0;
};

// The lower quartile of the turns: on a busy machine half of them and more contain another process's time slice.
inline double quartile(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 4), values.end());
  return values[values.size() / 4];
}

// Calls per turn, so that a turn takes some 50 microseconds.
inline int calls_per_turn(KernelCall& call) {
  call.run_seconds(3);
  return std::max(1, static_cast<int>(50e-6 / std::max(call.run_seconds(3), 1e-8)));
}

}  // namespace rheo::bench
