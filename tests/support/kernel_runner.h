// SPDX-License-Identifier: Apache-2.0
// Makes, binds and runs one kernel of a list on plain tensors, whatever layout it works in, and checks on the way what
// every kernel must keep: it writes all of its outputs and nothing else, leaves its inputs alone, fills the pads of
// nchw16c with zeros, gives the same on a second run, looks at no constant again that it says it has copied, and, where
// it offers to work in place or by rows, gives the same there too, from no more rows than it asks for.
#pragma once

#include <span>
#include <vector>

#include "kernels/kernel.h"

namespace rheo::testing {

struct KernelInput {
  Tensor tensor;  // plain; empty: an absent optional input
  Quantization quantization{};
  Layout layout = Layout::plain;  // what the kernel is given
  bool is_constant = false;       // offered to `make` as a constant; its layout is plain then
};

struct KernelRun {
  Attributes attributes{};
  std::vector<KernelInput> inputs{};
  Layout output_layout = Layout::plain;  // of the first output and of further pictures
  Isa isa = Isa::portable;
  int threads = 1;
  ThreadPool* pool = nullptr;  // null: one thread
};

struct KernelOutcome {
  std::vector<Tensor> outputs;    // plain
  std::vector<TensorType> types;  // with scales
  std::string implementation;     // what the kernel says it is
};

// The refusal of `make` when it has one; internal when the kernel broke a rule above.
Result<KernelOutcome> run_kernel(const KernelEntry& entry, const KernelRun& run);

// The entry of that name; throws rheo::Error when the list has none.
const KernelEntry& entry_of(std::span<const KernelEntry> list, std::string_view name);
// The reference kernel of `op` on the same tensors, with all layouts plain: the expected result.
Result<KernelOutcome> run_reference(OpKind op, KernelRun run);
// Its first output; throws rheo::Error when there is none.
Tensor reference_output(OpKind op, KernelRun run);

// `tensor` (plain) with its elements put into `layout`, and back. Throws rheo::Error when the shape has no such layout.
std::vector<std::byte> bytes_in_layout(const Tensor& tensor, Layout layout);
Tensor from_layout(const void* bytes, Layout layout, const TensorType& type);

}  // namespace rheo::testing
