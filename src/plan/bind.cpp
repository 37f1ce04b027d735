// SPDX-License-Identifier: Apache-2.0
#include "plan/bind.h"

#include <cstring>
#include <new>

namespace rheo {

void ArenaDeleter::operator()(std::byte* memory) const {
  ::operator delete(memory, std::align_val_t(Tensor::kAlignment));
}

Result<Arena> allocate_arena(std::size_t size_bytes) {
  const std::size_t bytes = size_bytes == 0 ? Tensor::kAlignment : size_bytes;
  void* memory = ::operator new(bytes, std::align_val_t(Tensor::kAlignment), std::nothrow);
  if (memory == nullptr) {
    return Status(StatusCode::resource_exhausted, "There is no memory for a run: " + std::to_string(bytes) +
                                                      " bytes are needed. Use a smaller batch or fewer sessions.");
  }
  std::memset(memory, 0, bytes);
  return Arena(static_cast<std::byte*>(memory));
}

std::byte* slot_address(const Plan& plan, int slot, std::byte* arena) {
  const Slot& where = plan.slots()[static_cast<std::size_t>(slot)];
  switch (where.kind) {
    case Slot::Kind::absent: return nullptr;
    case Slot::Kind::arena: return arena + where.offset;
    case Slot::Kind::constant: break;
  }
  // Kernels take inputs as const; only arena slots are ever outputs.
  const void* elements = plan.graph().value(where.value).constant.data();
  return static_cast<std::byte*>(const_cast<void*>(elements));
}

Result<std::vector<std::unique_ptr<BoundKernel>>> bind_ops(const Plan& plan, std::byte* arena) {
  std::vector<std::unique_ptr<BoundKernel>> bound;
  bound.reserve(plan.ops().size());
  for (const PlanOp& op : plan.ops()) {
    std::vector<const void*> inputs;
    std::vector<void*> outputs;
    for (int slot : op.inputs) inputs.push_back(slot_address(plan, slot, arena));
    for (int slot : op.outputs) outputs.push_back(slot_address(plan, slot, arena));
    auto kernel = op.kernel->bind({inputs, outputs, arena + op.scratch_offset});
    if (!kernel) return kernel.status().with_context("Binding '" + op.name + "' (" + op.kernel_name + ")");
    bound.push_back(std::move(*kernel));
  }
  return bound;
}

}  // namespace rheo
