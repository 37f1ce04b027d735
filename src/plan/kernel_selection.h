// SPDX-License-Identifier: Apache-2.0
// Finds the kernel of one call: walks the ordered lists and asks each entry, for one choice of layouts after another,
// whether it serves. What an entry accepts is known by asking it, nowhere else.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "plan/layout.h"
#include "plan/plan.h"

namespace rheo {

// The ordered lists to choose from. Tests put their own in.
struct KernelLists {
  std::span<const KernelEntry> preferred;
  std::span<const KernelEntry> reference;
};

// One call to find a kernel for. The operands' layouts are filled in from the LayoutPair that is tried.
struct KernelCall {
  std::string name;  // of the node, for messages
  OpKind op{};
  const Attributes* attributes = nullptr;
  std::vector<Operand> inputs;
  std::vector<Operand> outputs;
};

// The call of one node for concrete types (one per ValueId; they and the graph must outlive the call).
KernelCall call_of(const Graph& graph, std::span<const TensorType> types, const Node& node);
// The call that changes the layout of `value`; LayoutPair says from what to what.
KernelCall reorder_call(const Graph& graph, std::span<const TensorType> types, ValueId value);
// Reshapes only rename plain memory; no kernel runs for them.
bool only_renames(OpKind op);

struct SelectedKernel {
  std::shared_ptr<const Kernel> kernel;
  std::string entry;
  LayoutPair layouts;
  std::vector<Refusal> refusals;  // of the entries that were asked before
};

class KernelSelector {
 public:
  // `options` and the lists must outlive the selector; options.weights must not be null.
  KernelSelector(const KernelLists& lists, const PlanOptions& options) : lists_(lists), options_(options) {}

  // The first entry that accepts the first possible one of `attempts`; reference kernels only where they are allowed.
  // unsupported lists the reason of every entry.
  Result<SelectedKernel> first_accepting(const KernelCall& call, std::span<const LayoutPair> attempts) const;

  // Exactly the entry that was chosen before, under the first of `attempts` that it accepts.
  Result<SelectedKernel> chosen(const KernelCall& call, const std::string& entry,
                                std::span<const LayoutPair> attempts) const;

  // One entry under one choice of layouts.
  Result<std::unique_ptr<Kernel>> ask(const KernelEntry& entry, const KernelCall& call, LayoutPair layouts) const;

  // Entries for `op`, best first, the reference ones last and only where they are allowed.
  std::vector<const KernelEntry*> entries(OpKind op) const;

 private:
  KernelLists lists_;
  const PlanOptions& options_;
};

// Layouts to try in order when nothing was measured: pictures stay in nhwc, other ops follow what they read.
// `lies` is the layout in which the pictures that the call reads lie now.
std::vector<LayoutPair> default_attempts(const KernelCall& call, Layout lies);
// Layouts to try in order when the output's layout is fixed: first the inputs as they lie, to save the reorder.
std::vector<LayoutPair> attempts_for_output(const KernelCall& call, Layout lies, Layout output);

}  // namespace rheo
