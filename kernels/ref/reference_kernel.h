// SPDX-License-Identifier: Apache-2.0
// What all reference kernels share: the check of the request, and the Kernel and BoundKernel around a computation.
//
// A Computation is a value made from a checked KernelRequest; it copies the types and settings it needs, and its
//   void run(std::span<const void* const> inputs, std::span<void* const> outputs) const
// computes; only recurrent ops and attention allocate on the way, what one step or one row has to remember. One that
// inputs can make fail, such as indices out of range, returns a Status instead. Reference kernels use one thread, no
// scratch memory and no packed weights.
#pragma once

#include <memory>
#include <type_traits>
#include <vector>

#include "base/try.h"
#include "kernels/kernel.h"

namespace rheo::ref {

// Every operand is static, and the outputs are what infer_types says.
Status check_types(const KernelRequest& request);
// The same, and every operand lies plain.
Status check_request(const KernelRequest& request);

template <typename Computation>
class ReferenceKernel final : public Kernel {
 public:
  explicit ReferenceKernel(const KernelRequest& request) : computation_(std::make_shared<Computation>(request)) {}

  std::string implementation() const override { return "ref"; }

  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<Bound>(computation_, buffers));
  }

 private:
  class Bound final : public BoundKernel {
   public:
    Bound(std::shared_ptr<const Computation> computation, const Buffers& buffers)
        : computation_(std::move(computation)),
          inputs_(buffers.inputs.begin(), buffers.inputs.end()),
          outputs_(buffers.outputs.begin(), buffers.outputs.end()) {}

    Status run(ThreadPool*) override {
      if constexpr (std::is_void_v<decltype(computation_->run(inputs_, outputs_))>) {
        computation_->run(inputs_, outputs_);
        return {};
      } else {
        return computation_->run(inputs_, outputs_);
      }
    }

   private:
    const std::shared_ptr<const Computation> computation_;
    const std::vector<const void*> inputs_;
    const std::vector<void*> outputs_;
  };

  const std::shared_ptr<const Computation> computation_;
};

// For a row of the list: a kernel for plain operands of any type that the op's inference allows.
template <typename Computation>
Result<std::unique_ptr<Kernel>> make_plain(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check_request(request));
  return std::unique_ptr<Kernel>(std::make_unique<ReferenceKernel<Computation>>(request));
}

}  // namespace rheo::ref
