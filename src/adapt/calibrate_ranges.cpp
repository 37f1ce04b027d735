// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibrate_ranges.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
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

// Shows `take(elements, value)` every f32 value that a plan computes.
template <typename Take>
void show_values(void* context, const Frame& frame, int op, std::int64_t /*started_ns*/) {
  const PlanOp& done = frame.plan().ops()[static_cast<std::size_t>(op)];
  if (done.node == kNoNode) return;  // a reorder shows nothing new
  for (const int slot : done.outputs) {
    const Slot& where = frame.plan().slots()[static_cast<std::size_t>(slot)];
    if (where.type.dtype != DType::f32) continue;
    const auto elements = storage_bytes(where.type, where.layout) / sizeof(float);
    (*static_cast<Take*>(context))(std::span(reinterpret_cast<const float*>(frame.slot_data(slot)), elements),
                                   where.value);
  }
}

// Runs the plan on all items and shows `take` the inputs and every computed value.
template <typename Take>
Status watch(const std::shared_ptr<const Plan>& plan, const ReadInputs& read, std::span<const int> items,
             const std::stop_token& stop, Take take) {
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(plan));
  RunControl control;
  control.stop = stop;
  control.after_op = show_values<Take>;
  control.context = &take;
  for (const int item : items) {
    RHEO_ASSIGN_OR_RETURN(const std::span<const TensorView> inputs, read(item));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      // Whole numbers stay what they are in every precision, so they need no range.
      if (inputs[i].dtype() == DType::f32) take(inputs[i].as<float>(), plan->graph().inputs()[i].value);
      RHEO_RETURN_IF_ERROR(frame->set_input(static_cast<int>(i), 0, inputs[i]));
    }
    RHEO_RETURN_IF_ERROR(frame->run_to(plan->stage_count() - 1, control));
  }
  return {};
}

// The `coverage` quantile of the extremes, seen from zero.
float quantile(std::vector<float>& extremes, double coverage) {
  const auto last = static_cast<double>(extremes.size() - 1);
  const auto at = static_cast<std::ptrdiff_t>(std::lround(coverage * last));
  std::nth_element(extremes.begin(), extremes.begin() + at, extremes.end());
  return extremes[static_cast<std::size_t>(at)];
}

// One item after the other, in memory of its own. `data` must outlive it.
class DatasetReader {
 public:
  explicit DatasetReader(const Dataset& data) : data_(data) {}
  Result<std::span<const TensorView>> operator()(int item) {
    RHEO_RETURN_IF_ERROR(data_.read_item(item, input_));
    view_ = input_;
    return std::span<const TensorView>(&view_, 1);
  }

 private:
  const Dataset& data_;
  Tensor input_;
  TensorView view_;
};

}  // namespace

Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                std::span<const int> items, double coverage, const std::stop_token& stop) {
  DatasetReader reader(data);
  return calibrate_ranges(plan, std::ref(reader), items, coverage, stop);
}

Result<Ranges> calibrate_ranges(const std::shared_ptr<const Plan>& plan, const ReadInputs& read,
                                std::span<const int> items, double coverage, const std::stop_token& stop) {
  const Graph& graph = plan->graph();
  Extremes extremes;
  extremes.low.resize(graph.values().size());
  extremes.high.resize(graph.values().size());
  RHEO_RETURN_IF_ERROR(watch(plan, read, items, stop, [&](std::span<const float> elements, ValueId value) {
    take_extremes(elements, value, extremes);
  }));
  Ranges ranges;
  for (std::size_t value = 0; value < extremes.low.size(); ++value) {
    if (extremes.low[value].empty()) continue;
    const float low = quantile(extremes.low[value], 1 - coverage);
    const float high = quantile(extremes.high[value], coverage);
    ranges[graph.values()[value].name] = ValueRange{low, high};
  }
  return ranges;
}

Result<std::vector<Ranges>> calibrate_ranges_by(const std::shared_ptr<const Plan>& plan, const Dataset& data,
                                                std::span<const int> items, const Ranges& largest,
                                                std::span<const RangeRule> rules, const std::stop_token& stop) {
  const Graph& graph = plan->graph();
  std::vector<std::optional<Magnitudes>> seen(graph.values().size());
  for (std::size_t value = 0; value < seen.size(); ++value) {
    const auto found = largest.find(graph.values()[value].name);
    if (found == largest.end()) continue;
    const auto& [low, high] = found->second;
    seen[value].emplace(std::max(std::fabs(low), std::fabs(high)), low >= 0 ? 255 : 127);
  }
  DatasetReader reader(data);
  RHEO_RETURN_IF_ERROR(watch(plan, std::ref(reader), items, stop, [&](std::span<const float> elements, ValueId value) {
    if (seen[value]) seen[value]->add(elements);
  }));
  std::vector<Ranges> all;
  for (const RangeRule rule : rules) {
    Ranges& ranges = all.emplace_back();
    for (std::size_t value = 0; value < seen.size(); ++value) {
      if (!seen[value]) continue;
      const float end = seen[value]->end_of(rule);
      const auto& [low, high] = largest.find(graph.values()[value].name)->second;
      ranges[graph.values()[value].name] = {std::clamp(low, -end, end), std::clamp(high, -end, end)};
    }
  }
  return all;
}

}  // namespace rheo
