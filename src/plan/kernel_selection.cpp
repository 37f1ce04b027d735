// SPDX-License-Identifier: Apache-2.0
#include "plan/kernel_selection.h"

#include <algorithm>

namespace rheo {
namespace {

// Ops that work on neighbourhoods or channels of pictures; for these nhwc is the house layout.
bool works_on_pictures(OpKind op) {
  switch (op) {
    case OpKind::conv2d:
    case OpKind::batch_norm:
    case OpKind::max_pool2d:
    case OpKind::avg_pool2d:
    case OpKind::global_avg_pool:
    case OpKind::adaptive_avg_pool2d: return true;
    default: return false;
  }
}

bool reads_picture(const KernelCall& call) {
  return std::any_of(call.inputs.begin(), call.inputs.end(), [](const Operand& operand) {
    return operand.type != nullptr && operand.constant == nullptr && is_picture(*operand.type);
  });
}

bool writes_picture(const KernelCall& call) {
  return std::any_of(call.outputs.begin(), call.outputs.end(),
                     [](const Operand& operand) { return is_picture(*operand.type); });
}

// Pictures as hosts give them: a convolution that brings them into its own order while it copies them anyway saves the
// reorder before it.
bool reads_colours(const KernelCall& call) {
  constexpr std::int64_t kColours = 4;
  if (call.op != OpKind::conv2d) return false;
  const TensorType& x = *call.inputs[0].type;
  return is_picture(x) && x.dtype != DType::bf16 && x.shape[1] > 1 && x.shape[1] <= kColours;
}

// A call without pictures on one side has no choice there, so attempts that differ only there are one attempt.
void add_attempt(const KernelCall& call, LayoutPair pair, std::vector<LayoutPair>& attempts) {
  if (!reads_picture(call)) pair.input = Layout::plain;
  if (!writes_picture(call)) pair.output = Layout::plain;
  if (std::find(attempts.begin(), attempts.end(), pair) == attempts.end()) attempts.push_back(pair);
}

// Keeps one line per entry; a second reason of the same entry is added to the first.
void add_refusal(std::string_view entry, const std::string& reason, std::vector<Refusal>& refusals) {
  for (Refusal& refusal : refusals) {
    if (refusal.kernel != entry) continue;
    if (refusal.reason.find(reason) == std::string::npos) refusal.reason += " " + reason;
    return;
  }
  refusals.push_back({std::string(entry), reason});
}

std::string types_of(const KernelCall& call) {
  std::string text;
  for (const Operand& operand : call.inputs) {
    if (!text.empty()) text += ", ";
    text += operand.type == nullptr ? std::string("none")
                                    : std::string(name_of(operand.type->dtype)) + " " + operand.type->shape.to_string();
  }
  return text;
}

Status nothing_accepts(const KernelCall& call, const std::vector<Refusal>& refusals, bool reference_forbidden) {
  std::string text =
      "No kernel can compute '" + call.name + "' (" + std::string(name_of(call.op)) + " of " + types_of(call) + ").";
  for (const Refusal& refusal : refusals) text += " " + refusal.kernel + ": " + refusal.reason;
  if (refusals.empty()) text += " The list has no entry for this op.";
  if (reference_forbidden) text += " Allow reference kernels to run it slowly, or change the model.";
  return {StatusCode::unsupported, text};
}

}  // namespace

KernelCall call_of(const Graph& graph, std::span<const TensorType> types, const Node& node) {
  KernelCall call;
  call.name = node.name;
  call.op = node.kind;
  call.attributes = &node.attributes;
  for (ValueId input : node.inputs) {
    Operand operand;
    if (input != kNoValue) {
      operand.type = &types[input];
      if (graph.value(input).is_constant()) operand.constant = &graph.value(input).constant;
    }
    call.inputs.push_back(operand);
  }
  for (ValueId output : node.outputs) call.outputs.push_back({&types[output], Layout::plain, nullptr});
  return call;
}

KernelCall reorder_call(const Graph& graph, std::span<const TensorType> types, ValueId value) {
  static const Attributes kNone;
  KernelCall call;
  call.name = "reorder(" + graph.value(value).name + ")";
  call.op = OpKind::reorder;
  call.attributes = &kNone;
  call.inputs = {{&types[value], Layout::plain, nullptr}};
  call.outputs = {{&types[value], Layout::plain, nullptr}};
  return call;
}

bool only_renames(OpKind op) { return op == OpKind::reshape || op == OpKind::flatten; }

Result<std::unique_ptr<Kernel>> KernelSelector::ask(const KernelEntry& entry, const KernelCall& call,
                                                    LayoutPair layouts) const {
  std::vector<Operand> inputs = call.inputs;
  std::vector<Operand> outputs = call.outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].layout = input_layout(call.op, i, inputs[i], layouts);
  for (Operand& output : outputs) output.layout = output_layout(*output.type, layouts);
  KernelRequest request;
  request.op = call.op;
  request.attributes = call.attributes;
  request.inputs = inputs;
  request.outputs = outputs;
  request.isa = options_.isa;
  request.threads = options_.threads;
  request.weights = options_.weights.get();
  return entry.make(request);
}

std::vector<const KernelEntry*> KernelSelector::entries(OpKind op) const {
  std::vector<const KernelEntry*> found;
  for (const KernelEntry& entry : lists_.preferred) {
    if (entry.op == op) found.push_back(&entry);
  }
  if (!options_.allow_reference) return found;
  for (const KernelEntry& entry : lists_.reference) {
    if (entry.op == op) found.push_back(&entry);
  }
  return found;
}

Result<SelectedKernel> KernelSelector::first_accepting(const KernelCall& call,
                                                       std::span<const LayoutPair> attempts) const {
  SelectedKernel selected;
  const auto try_list = [&](std::span<const KernelEntry> list) {
    for (LayoutPair layouts : attempts) {
      for (const KernelEntry& entry : list) {
        if (entry.op != call.op) continue;
        auto made = ask(entry, call, layouts);
        if (!made) {
          add_refusal(entry.name, made.status().message(), selected.refusals);
          continue;
        }
        selected.kernel = std::move(*made);
        selected.entry = entry.name;
        selected.layouts = layouts;
        return true;
      }
    }
    return false;
  };
  if (try_list(lists_.preferred)) return selected;
  if (options_.allow_reference && try_list(lists_.reference)) return selected;
  return nothing_accepts(call, selected.refusals, !options_.allow_reference);
}

Result<SelectedKernel> KernelSelector::chosen(const KernelCall& call, const std::string& entry,
                                              std::span<const LayoutPair> attempts) const {
  const std::string where = "The kernel '" + entry + "' that was measured to be best for '" + call.name + "'";
  for (const KernelEntry* candidate : entries(call.op)) {
    if (candidate->name != entry) continue;
    std::vector<Refusal> refusals;
    for (LayoutPair layouts : attempts) {
      auto made = ask(*candidate, call, layouts);
      if (made) return SelectedKernel{std::move(*made), entry, layouts, std::move(refusals)};
      add_refusal(entry, made.status().message(), refusals);
    }
    return Status(StatusCode::unsupported,
                  where + " does not serve it here: " + (refusals.empty() ? std::string() : refusals.front().reason) +
                      " Run adapt again on this machine.");
  }
  return Status(StatusCode::unsupported, where + " does not exist here. Run adapt again on this machine.");
}

std::vector<LayoutPair> default_attempts(const KernelCall& call, Layout lies) {
  const Layout wanted = works_on_pictures(call.op) ? Layout::nhwc : lies;
  std::vector<LayoutPair> attempts;
  if (lies == Layout::plain && reads_colours(call)) add_attempt(call, {Layout::plain, Layout::nhwc}, attempts);
  add_attempt(call, {wanted, wanted}, attempts);
  add_attempt(call, {Layout::nhwc, Layout::nhwc}, attempts);
  add_attempt(call, {Layout::plain, Layout::plain}, attempts);
  return attempts;
}

std::vector<LayoutPair> attempts_for_output(const KernelCall& call, Layout lies, Layout output) {
  std::vector<LayoutPair> attempts;
  add_attempt(call, {lies, output}, attempts);
  add_attempt(call, {output, output}, attempts);
  for (Layout input : {Layout::nhwc, Layout::plain, Layout::nchw16c}) add_attempt(call, {input, output}, attempts);
  return attempts;
}

}  // namespace rheo
