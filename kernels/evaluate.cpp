// SPDX-License-Identifier: Apache-2.0
#include "kernels/evaluate.h"

#include <fmt/format.h>

#include <new>

#include "base/try.h"
#include "kernels/kernel.h"

namespace rheo {
namespace {

Result<std::unique_ptr<Kernel>> make_reference(const KernelRequest& request) {
  std::string refusals;
  for (const KernelEntry& entry : reference_kernels()) {
    if (entry.op != request.op) continue;
    Result<std::unique_ptr<Kernel>> kernel = entry.make(request);
    if (kernel.ok()) return kernel;
    refusals += fmt::format(" {}: {}", entry.name, kernel.status().message());
  }
  return Status(StatusCode::unsupported,
                fmt::format("No reference kernel computes this {}.{}", name_of(request.op), refusals));
}

// Scratch memory of a kernel, 64-byte aligned, freed at the end of the scope.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes)
      : data_(bytes == 0 ? nullptr : ::operator new (bytes, std::align_val_t{64}, std::nothrow)) {}
  ~Scratch() { ::operator delete (data_, std::align_val_t{64}); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void* data() const { return data_; }

 private:
  void* data_;
};

}  // namespace

Result<std::vector<Tensor>> evaluate(OpKind kind, const Attributes& attributes, std::span<const Argument> arguments,
                                     std::span<const TensorType> output_types) {
  std::vector<Operand> inputs;
  std::vector<const void*> input_addresses;
  for (const Argument& argument : arguments) {
    const Tensor* elements = argument.elements;
    inputs.push_back(
        {elements == nullptr ? nullptr : argument.type, Layout::plain, argument.is_constant ? elements : nullptr});
    input_addresses.push_back(elements == nullptr ? nullptr : elements->data());
  }
  std::vector<Tensor> results;
  std::vector<Operand> outputs;
  std::vector<void*> output_addresses;
  for (const TensorType& type : output_types) {
    RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(type.dtype, type.shape));
    output_addresses.push_back(result.mutable_data());
    results.push_back(std::move(result));
    outputs.push_back({&type, Layout::plain, nullptr});
  }
  WeightStore weights;
  KernelRequest request;
  request.op = kind;
  request.attributes = &attributes;
  request.inputs = inputs;
  request.outputs = outputs;
  request.weights = &weights;
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Kernel> kernel, make_reference(request));
  const Scratch scratch(kernel->scratch_bytes());
  if (kernel->scratch_bytes() > 0 && scratch.data() == nullptr) {
    return Status(StatusCode::resource_exhausted, fmt::format("{} bytes of scratch memory for {} are not available.",
                                                              kernel->scratch_bytes(), name_of(kind)));
  }
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<BoundKernel> bound,
                        kernel->bind({input_addresses, output_addresses, scratch.data()}));
  RHEO_RETURN_IF_ERROR(bound->run(nullptr));
  return results;
}

}  // namespace rheo
