// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibrate_ranges.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/try.h"
#include "run/frame.h"

namespace rheo {

namespace {

// Extremes of every graph value, one entry per item.
struct Extremes {
  std::vector<std::vector<float>> low;   // [values][items]
  std::vector<std::vector<float>> high;  // [values][items]
};

void take_extremes(std::span<const float> elements, ValueId value, Extremes& extremes) {
  const auto [low, high] = std::minmax_element(elements.begin(), elements.end());
  extremes.low[value].push_back(*low);
  extremes.high[value].push_back(*high);
}

void after_op(void* context, const Frame& frame, int op, std::int64_t /*started_ns*/) {
  auto& extremes = *static_cast<Extremes*>(context);
  const PlanOp& done = frame.plan().ops()[static_cast<std::size_t>(op)];
  if (done.node == kNoNode) return;  // a reorder shows nothing new
  for (const int slot : done.outputs) {
    const Slot& where = frame.plan().slots()[static_cast<std::size_t>(slot)];
    if (where.type.dtype != DType::f32) continue;
    const auto elements = storage_bytes(where.type, where.layout) / sizeof(float);
    take_extremes({reinterpret_cast<const float*>(frame.slot_data(slot)), elements}, where.value, extremes);
  }
}

// The `coverage` quantile of the extremes, seen from zero.
float quantile(std::vector<float>& extremes, double coverage) {
  const auto last = static_cast<double>(extremes.size() - 1);
  const auto at = static_cast<std::ptrdiff_t>(std::lround(coverage * last));
  std::nth_element(extremes.begin(), extremes.begin() + at, extremes.end());
  return extremes[static_cast<std::size_t>(at)];
}

}  // namespace

Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                std::span<const int> items, double coverage, const std::stop_token& stop) {
  Tensor input;
  TensorView view;
  const ReadInputs read = [&](int item) -> Result<std::span<const TensorView>> {
    RHEO_RETURN_IF_ERROR(data.read_item(item, input));
    view = input;
    return std::span<const TensorView>(&view, 1);
  };
  return calibrate_ranges(plan, read, items, coverage, stop);
}

Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const ReadInputs& read,
                                std::span<const int> items, double coverage, const std::stop_token& stop) {
  const Graph& graph = plan->graph();
  Extremes extremes;
  extremes.low.resize(graph.values().size());
  extremes.high.resize(graph.values().size());
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(plan));
  RunControl control;
  control.stop = stop;
  control.after_op = after_op;
  control.context = &extremes;
  for (const int item : items) {
    RHEO_ASSIGN_OR_RETURN(const std::span<const TensorView> inputs, read(item));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      // Whole numbers stay what they are in every precision, so they need no range.
      if (inputs[i].dtype() == DType::f32) take_extremes(inputs[i].as<float>(), graph.inputs()[i].value, extremes);
      RHEO_RETURN_IF_ERROR(frame->set_input(static_cast<int>(i), 0, inputs[i]));
    }
    RHEO_RETURN_IF_ERROR(frame->run_to(plan->stage_count() - 1, control));
  }
  Ranges ranges;
  for (std::size_t value = 0; value < extremes.low.size(); ++value) {
    if (extremes.low[value].empty()) continue;
    const float low = quantile(extremes.low[value], 1 - coverage);
    const float high = quantile(extremes.high[value], coverage);
    ranges[graph.values()[value].name] = ValueRange{low, high};
  }
  return ranges;
}

}  // namespace rheo
