// SPDX-License-Identifier: Apache-2.0
// Reductions along axes.
#include <algorithm>
#include <numeric>
#include <utility>

#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/small_integers.h"

namespace rheo::onnx {
namespace {

constexpr std::pair<std::string_view, OpKind> kReductions[] = {
    {"ReduceL1", OpKind::reduce_l1},          {"ReduceL2", OpKind::reduce_l2},
    {"ReduceLogSum", OpKind::reduce_log_sum}, {"ReduceLogSumExp", OpKind::reduce_log_sum_exp},
    {"ReduceMax", OpKind::reduce_max},        {"ReduceMean", OpKind::mean},
    {"ReduceMin", OpKind::reduce_min},        {"ReduceProd", OpKind::reduce_prod},
    {"ReduceSum", OpKind::reduce_sum},        {"ReduceSumSquare", OpKind::reduce_sum_square},
};

}  // namespace

Status lower_reduce(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  RHEO_ASSIGN_OR_RETURN(const std::optional<std::vector<std::int64_t>> given, call.list("axes", 1));
  std::vector<std::int64_t> axes = given.value_or(std::vector<std::int64_t>());
  const bool keeps_all = call.integer("noop_with_empty_axes", 0) != 0;
  const std::int64_t keep_dims = call.integer("keepdims", 1);
  if (axes.empty()) {
    if (keeps_all) {
      call.answer(call.input(0));
      return {};
    }
    axes.resize(call.rank(0));
    std::iota(axes.begin(), axes.end(), 0);
  }
  const auto* found = std::find_if(std::begin(kReductions), std::end(kReductions),
                                   [&](const auto& pair) { return pair.first == call.node().op; });
  RHEO_ASSIGN_OR_RETURN(
      ImportValue y, emit_widened(call, found->second, {&call.input(0)}, {{"axes", axes}, {"keep_dims", keep_dims}}));
  call.answer(std::move(y));
  return {};
}

Status lower_arg(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  return call.answer_with(call.node().op == "ArgMax" ? OpKind::argmax : OpKind::argmin, {&call.input(0)},
                          {{"axis", call.integer("axis", 0)},
                           {"keep_dims", call.integer("keepdims", 1)},
                           {"select_last", call.integer("select_last_index", 0)}});
}

// How many is an attribute before operator set 10, then an input.
Status lower_top_k(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  std::int64_t k = call.integer("k", 0);
  if (call.has(1)) {
    RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> count, call.integers(1));
    if (count.size() != 1) return call.refuse("needs one number for how many elements it keeps");
    k = count[0];
  }
  ImportValue* const x = &call.input(0);
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, call.emit_all(OpKind::top_k, {&x, 1},
                                                                        {{"k", k},
                                                                         {"axis", call.integer("axis", -1)},
                                                                         {"largest", call.integer("largest", 1)},
                                                                         {"sorted", call.integer("sorted", 1)}}));
  for (std::size_t output = 0; output < outputs.size(); ++output) call.answer(std::move(outputs[output]), output);
  return {};
}

Status lower_cumsum(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axis, call.integers(1));
  if (axis.size() != 1) return call.refuse("needs one axis");
  return call.answer_with(
      OpKind::cumsum, {&call.input(0)},
      {{"axis", axis[0]}, {"exclusive", call.integer("exclusive", 0)}, {"reverse", call.integer("reverse", 0)}});
}

}  // namespace rheo::onnx
