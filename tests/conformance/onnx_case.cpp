// SPDX-License-Identifier: Apache-2.0
#include "conformance/onnx_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/try.h"
#include "load/file.h"
#include "load/onnx/import.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/model.h"
#include "plan/bind.h"
#include "plan/plan.h"
#include "support/interpreter.h"
#include "support/tensors.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo::conformance {
namespace {

// The rule of the data's own runner.
constexpr testing::Tolerance kTolerance = {.absolute = 1e-7, .relative = 1e-3};
// Answers in bf16 are cut to it in the data, which loses up to one of its steps.
constexpr testing::Tolerance kCutTolerance = {.absolute = 1e-7, .relative = 1.0 / 128};

testing::Tolerance tolerance_of(DType dtype) { return dtype == DType::bf16 ? kCutTolerance : kTolerance; }

// What the data says otherwise than the standard. A case that fails and is not named here fails the test.
constexpr std::pair<std::string_view, std::string_view> kDisagreements[] = {
    {"test_resize_downsample_scales_cubic_align_corners",
     "aligns corners by a length that is not cut to whole elements"},
    {"test_resize_downsample_scales_linear_align_corners",
     "aligns corners by a length that is not cut to whole elements"},
};

Result<onnx::TensorData> read(const std::filesystem::path& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes bytes, read_file(file.string()));
  return onnx::read_tensor(bytes.bytes, bytes.owner);
}

Result<std::vector<onnx::TensorData>> read_all(const std::filesystem::path& folder, std::string_view what) {
  std::vector<onnx::TensorData> all;
  for (int i = 0;; ++i) {
    const std::filesystem::path file = folder / "test_data_set_0" / fmt::format("{}_{}.pb", what, i);
    if (!std::filesystem::exists(file)) return all;
    RHEO_ASSIGN_OR_RETURN(onnx::TensorData data, read(file));
    all.push_back(std::move(data));
  }
}

Result<std::vector<Tensor>> tensors(const std::vector<onnx::TensorData>& all) {
  std::vector<Tensor> result;
  for (const onnx::TensorData& data : all) {
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, onnx::to_tensor(data));
    result.push_back(std::move(tensor));
  }
  return result;
}

Result<std::vector<Tensor>> by_reference(const Graph& graph, std::span<const Tensor> inputs) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<Tensor> values, testing::interpret(graph, inputs));
  std::vector<Tensor> outputs = {values[graph.exits().back().value]};
  for (const GraphOutput& output : graph.outputs()) outputs.push_back(values[output.value]);
  return outputs;
}

Result<std::vector<Tensor>> by_plan(const std::shared_ptr<const Graph>& graph, std::span<const Tensor> inputs) {
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const Graph> better, optimize(graph, nullptr));
  RHEO_ASSIGN_OR_RETURN(better, lower(better, Precision::f32, {}));
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<const Plan> plan, make_plan(better, {}));
  RHEO_ASSIGN_OR_RETURN(const Arena arena, allocate_arena(plan->arena_bytes()));
  RHEO_ASSIGN_OR_RETURN(const auto ops, bind_ops(*plan, arena.get()));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto* from = static_cast<const std::byte*>(inputs[i].data());
    std::copy_n(from, inputs[i].size_bytes(), slot_address(*plan, plan->input_slot(static_cast<int>(i)), arena.get()));
  }
  for (const auto& op : ops) RHEO_RETURN_IF_ERROR(op->run(nullptr));
  std::vector<Tensor> outputs;
  for (const OutputSlot& output : plan->outputs()) {
    const Slot& slot = plan->slots()[static_cast<std::size_t>(output.slot)];
    const TensorView view(slot_address(*plan, output.slot, arena.get()), slot.type.dtype, slot.type.shape);
    RHEO_ASSIGN_OR_RETURN(Tensor copy, Tensor::copy_of(view));
    outputs.push_back(std::move(copy));
  }
  return outputs;
}

// What differs; empty when nothing does. Floats of other widths are compared as f32.
std::string difference(const std::vector<Tensor>& seen, const std::vector<Tensor>& expected) {
  if (seen.size() != expected.size()) return fmt::format("{} outputs instead of {}", seen.size(), expected.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].shape() != expected[i].shape()) {
      return fmt::format("output {} is {} instead of {}", i, seen[i].shape().to_string(),
                         expected[i].shape().to_string());
    }
    const bool is_float = expected[i].dtype() == DType::f16 || expected[i].dtype() == DType::bf16;
    const DType dtype = is_float ? DType::f32 : expected[i].dtype();
    if (seen[i].dtype() != dtype) return fmt::format("output {} is {}", i, name_of(seen[i].dtype()));
    const Tensor wanted = testing::tensor_of(dtype, expected[i].shape(), testing::values_of(expected[i]));
    const auto close = testing::is_close(seen[i], wanted, tolerance_of(expected[i].dtype()));
    if (!close) return fmt::format("output {}: {}", i, close.message());
  }
  return {};
}

// A float type that the model answers in and Rheo does not: the numbers are right, their width is not.
std::string other_width(const std::vector<onnx::TensorData>& expected) {
  for (const onnx::TensorData& data : expected) {
    const bool is_narrow = data.type == onnx::ElementType::f16 || data.type == onnx::ElementType::bf16;
    if (is_narrow || data.type == onnx::ElementType::f64) {
      return fmt::format("skip: answers with the right numbers in f32, not in {}", onnx::name_of(data.type));
    }
  }
  return {};
}

std::string first_line(std::string text) {
  for (char& letter : text) letter = letter == '\n' ? ' ' : letter;
  return text;
}

// Many cases feed what real models keep as constants: axes, sizes, weights. Rheo must know these ahead.
enum class Known { nothing, all_but_the_first, everything };

// The model with these inputs as constants of the data; where none is left it gets one that nothing reads.
onnx::Model with_known(onnx::Model model, std::vector<onnx::TensorData> inputs, Known known) {
  std::vector<onnx::ValueInfo> left;
  std::size_t position = 0;
  for (const onnx::ValueInfo& input : model.graph.inputs) {
    const bool is_initializer = std::any_of(model.graph.initializers.begin(), model.graph.initializers.end(),
                                            [&](const onnx::TensorData& data) { return data.name == input.name; });
    if (is_initializer || position >= inputs.size()) continue;
    const bool stays = known == Known::nothing || (known == Known::all_but_the_first && position == 0);
    if (stays) {
      left.push_back(input);
    } else {
      inputs[position].name = input.name;
      model.graph.initializers.push_back(inputs[position]);
    }
    ++position;
  }
  if (left.empty()) {
    onnx::ValueInfo unused;
    unused.name = "nothing reads this";
    unused.type = onnx::ElementType::f32;
    unused.shape = {onnx::Dimension{.size = 1, .name = {}}};
    left.push_back(std::move(unused));
  }
  model.graph.inputs = std::move(left);
  return model;
}

std::string outcome_of(const onnx::Model& model, const std::vector<Tensor>& given,
                       const std::vector<onnx::TensorData>& outputs) {
  const auto graph = onnx::import_graph(model);
  if (!graph) return "skip: " + first_line(graph.status().message());
  const auto expected = tensors(outputs);
  if (!expected) return "skip: " + first_line(expected.status().message());
  const auto reference = by_reference(**graph, given);
  if (!reference) return "fail: reference: " + first_line(reference.status().message());
  if (std::string what = difference(*reference, *expected); !what.empty())
    return "fail: reference: " + first_line(what);
  const auto plan = by_plan(*graph, given);
  if (!plan) return "fail: plan: " + first_line(plan.status().message());
  if (std::string what = difference(*plan, *expected); !what.empty()) return "fail: plan: " + first_line(what);
  const std::string width = other_width(outputs);
  return width.empty() ? std::string(kPass) : width;
}

// Why a case may pass once more of its inputs are constants: Rheo asks for what is known, or for an input; or the data
// of an input has another shape than the model declares.
bool may_know_more(const std::string& outcome) {
  constexpr std::string_view kReasons[] = {"known ahead",     "that the model computes", "No kernel can compute",
                                           "is not positive", "A graph has no input",    "but the model takes"};
  return std::any_of(std::begin(kReasons), std::end(kReasons),
                     [&](std::string_view reason) { return outcome.find(reason) != std::string::npos; });
}

// With as many inputs as Rheo can leave open.
std::string outcome_of(const onnx::Model& model, const std::vector<onnx::TensorData>& inputs,
                       const std::vector<onnx::TensorData>& outputs) {
  const auto given = tensors(inputs);
  if (!given) return "skip: " + first_line(given.status().message());
  std::string outcome = outcome_of(model, *given, outputs);
  if (may_know_more(outcome) && given->size() > 1) {
    outcome = outcome_of(with_known(model, inputs, Known::all_but_the_first), {given->front()}, outputs);
  }
  if (may_know_more(outcome)) {
    const Tensor unused = Tensor::zeros(DType::f32, {1}).value();
    outcome = outcome_of(with_known(model, inputs, Known::everything), {unused}, outputs);
  }
  return outcome;
}

// The name of an input or output that is no tensor, and whose data is no TensorProto.
std::optional<std::string> other_than_tensor(const onnx::Graph& graph) {
  for (const auto* values : {&graph.inputs, &graph.outputs}) {
    const auto found = std::ranges::find(*values, onnx::ValueInfo::Kind::other, &onnx::ValueInfo::kind);
    if (found != values->end()) return found->name;
  }
  return std::nullopt;
}

// The data of ONNX 1.12 stores bf16 as u16.
void restore_types(const std::vector<onnx::ValueInfo>& declared, std::vector<onnx::TensorData>& all) {
  for (std::size_t i = 0; i < std::min(declared.size(), all.size()); ++i) {
    if (declared[i].type == onnx::ElementType::bf16 && all[i].type == onnx::ElementType::u16) {
      all[i].type = onnx::ElementType::bf16;
    }
  }
}

std::string outcome_of(const std::filesystem::path& folder, const onnx::Model& model) {
  if (const auto name = other_than_tensor(model.graph)) {
    return fmt::format("skip: brings a sequence or an optional as '{}'; Rheo takes tensors alone", *name);
  }
  auto inputs = read_all(folder, "input");
  auto outputs = read_all(folder, "output");
  if (!inputs || !outputs) return "skip: " + first_line((!inputs ? inputs.status() : outputs.status()).message());
  restore_types(model.graph.inputs, *inputs);
  restore_types(model.graph.outputs, *outputs);
  std::string outcome = outcome_of(model, *inputs, *outputs);
  const auto is_empty = [](const onnx::TensorData& output) { return output.shape.elements() == 0; };
  if (outcome != kPass && std::ranges::any_of(*outputs, is_empty)) {
    return "skip: answers with a tensor without elements, which Rheo does not have";
  }
  const auto* const disagreement =
      std::ranges::find(kDisagreements, folder.filename().string(), [](const auto& pair) { return pair.first; });
  if (outcome.starts_with("fail") && disagreement != std::end(kDisagreements)) {
    return fmt::format("skip: the data {}, the standard's text does not", disagreement->second);
  }
  return outcome;
}

}  // namespace

Case run_case(const std::filesystem::path& folder) {
  const auto model = onnx::read_model((folder / "model.onnx").string());
  if (!model) return {"skip: " + first_line(model.status().message()), {}};
  Case result{outcome_of(folder, *model), {}};
  for (const onnx::Node& node : model->graph.nodes) result.operators.insert(node.op);
  return result;
}

}  // namespace rheo::conformance
