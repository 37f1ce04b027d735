// SPDX-License-Identifier: Apache-2.0
#include "plan/measure.h"

#include <algorithm>

#include "base/try.h"
#include "plan/layout_search.h"
#include "plan/planner.h"
#include "plan/timing.h"

namespace rheo {
namespace {

constexpr double kCallBudget_us = 4000;  // all kernels of one call together
constexpr double kReorderBudget_us = 300;
constexpr double kPlanBudget_us = 60000;
constexpr double kClearlyFaster = 0.99;  // times the plan without measured choices
constexpr double kImpossible_us = 1e12;

constexpr std::array kAllLayouts = {Layout::nhwc, Layout::nchw16c, Layout::plain};

bool has(std::span<const Layout> layouts, Layout layout) {
  return std::find(layouts.begin(), layouts.end(), layout) != layouts.end();
}

const TensorType* picture_among(std::span<const Operand> operands) {
  for (const Operand& operand : operands) {
    if (operand.type != nullptr && operand.constant == nullptr && is_picture(*operand.type)) return operand.type;
  }
  return nullptr;
}

// Layouts to time for one call. Two different ones make sense for convolutions, which can change the layout on the way,
// and next to the graph's inputs, which are plain.
std::vector<LayoutPair> pairs_to_time(const KernelCall& call, bool reads_input) {
  const TensorType* in = picture_among(call.inputs);
  const TensorType* out = picture_among(call.outputs);
  std::vector<LayoutPair> pairs;
  for (Layout input : kAllLayouts) {
    if (in == nullptr ? input != Layout::plain : !has(candidate_layouts(*in), input)) continue;
    for (Layout output : kAllLayouts) {
      if (out == nullptr ? output != Layout::plain : !has(candidate_layouts(*out), output)) continue;
      const bool changes = in != nullptr && out != nullptr && input != output;
      const bool sensible =
          output != Layout::plain && (input == Layout::plain ? reads_input : call.op == OpKind::conv2d);
      if (!changes || sensible) pairs.push_back({input, output});
    }
  }
  return pairs;
}

bool same_operand(const Operand& a, const Operand& b) {
  if (a.type == nullptr || b.type == nullptr) return a.type == b.type;
  return *a.type == *b.type && (a.constant == nullptr) == (b.constant == nullptr);
}

// Calls that differ only in the elements of their constants take the same time.
bool same_work(const KernelCall& a, const KernelCall& b) {
  return a.op == b.op && *a.attributes == *b.attributes &&
         std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(), same_operand) &&
         std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(), same_operand);
}

class Measurement {
 public:
  Measurement(const KernelLists& lists, std::shared_ptr<const Graph> graph, const PlanOptions& options)
      : lists_(lists), graph_(std::move(graph)), options_(options), selector_(lists_, options_) {
    options_.choices = nullptr;
    options_.weights = std::make_shared<WeightStore>();
    if (options_.threads > 1) pool_ = std::make_unique<ThreadPool>(options_.threads);
  }

  Result<KernelChoices> run() {
    RHEO_ASSIGN_OR_RETURN(const auto plain, make_plan_from(lists_, graph_, options_));  // its errors are ours
    RHEO_ASSIGN_OR_RETURN(types_, concrete_types(*graph_, options_.batch));
    RHEO_RETURN_IF_ERROR(price());
    const KernelChoices choices = choices_of(search_layouts(problem_));
    options_.choices = &choices;
    auto measured = make_plan_from(lists_, graph_, options_);
    options_.choices = nullptr;
    if (!measured) return measured.status();
    const std::array plans = {plain, *measured};
    RHEO_ASSIGN_OR_RETURN(const auto times_us, measure_plans(plans, pool_.get(), kPlanBudget_us));
    if (weighted(times_us[1]) < kClearlyFaster * weighted(times_us[0])) return choices;
    return choices_of(*plain);
  }

 private:
  Status price() {
    problem_.value_count = graph_->values().size();
    for (int stage = 0; stage < graph_->stage_count(); ++stage) problem_.stage_weight.push_back(1.0 / (1 + stage));
    problem_.given_out = given_out(*graph_);
    for (const Node& node : graph_->nodes()) {
      if (graph_->is_needed(node)) RHEO_RETURN_IF_ERROR(price_node(node));
    }
    for (ValueId value = 0; value < graph_->values().size(); ++value) {
      if (graph_->value(value).is_constant() || !is_picture(types_[value])) continue;
      RHEO_RETURN_IF_ERROR(price_reorders(value));
    }
    return {};
  }

  Status price_node(const Node& node) {
    PricedCall priced;
    priced.stage = node.stage;
    priced.output = node.outputs[0];
    const KernelCall call = call_of(*graph_, types_, node);
    bool reads_input = false;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId value = node.inputs[i];
      if (value == kNoValue || graph_->value(value).is_constant() || !is_picture(types_[value])) continue;
      const LayoutPair told_apart = {Layout::plain, Layout::nhwc};
      const bool residual = input_layout(node.kind, i, call.inputs[i], told_apart) == Layout::nhwc;
      (residual ? priced.residuals : priced.inputs).push_back(value);
      reads_input |= graph_->value(value).producer == kNoNode;
    }
    entries_.emplace_back();
    const auto known = std::find_if(done_.begin(), done_.end(), [&](const Done& done) {
      return done.reads_input == reads_input && same_work(done.call, call);
    });
    if (only_renames(node.kind)) {
      priced.variants.emplace_back();
      priced.variants[0].cost_us[static_cast<std::size_t>(Layout::plain)] = 0;
    } else if (known != done_.end()) {
      priced.variants = problem_.calls[known->index].variants;
      entries_.back() = entries_[known->index];
    } else {
      RHEO_RETURN_IF_ERROR(price_call(call, reads_input, priced));
      done_.push_back({call, reads_input, problem_.calls.size()});
    }
    problem_.calls.push_back(std::move(priced));
    return {};
  }

  Status price_call(const KernelCall& call, bool reads_input, PricedCall& priced) {
    // Packs of kernels that lose are dropped with this store.
    options_.weights = std::make_shared<WeightStore>();
    struct Asked {
      std::size_t entry;
      LayoutPair layouts;
    };
    std::vector<Asked> asked;
    CallTimer timer(call, pool_.get());
    const std::vector<const KernelEntry*> entries = selector_.entries(call.op);
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      const bool last_resort = entry >= preferred_count(call.op);
      if (last_resort && !asked.empty()) break;
      for (LayoutPair pair : pairs_to_time(call, reads_input)) {
        auto kernel = selector_.ask(*entries[entry], call, pair);
        if (!kernel) continue;
        timer.add(std::move(*kernel), pair);
        asked.push_back({entry, pair});
      }
    }
    RHEO_ASSIGN_OR_RETURN(const auto medians_us, timer.measure(kCallBudget_us));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!medians_us[i]) continue;
      variant(priced, asked[i].entry, asked[i].layouts.output)
          .cost_us[static_cast<std::size_t>(asked[i].layouts.input)] = medians_us[i];
    }
    if (priced.variants.empty()) {
      return {StatusCode::unsupported, "No kernel that accepts '" + call.name + "' could run it here."};
    }
    for (const KernelEntry* entry : entries) entries_.back().emplace_back(entry->name);
    return {};
  }

  static KernelVariant& variant(PricedCall& priced, std::size_t entry, Layout output) {
    for (KernelVariant& known : priced.variants) {
      if (known.entry == entry && known.output == output) return known;
    }
    KernelVariant& added = priced.variants.emplace_back();
    added.entry = entry;
    added.output = output;
    return added;
  }

  std::size_t preferred_count(OpKind op) const {
    return static_cast<std::size_t>(std::count_if(lists_.preferred.begin(), lists_.preferred.end(),
                                                  [&](const KernelEntry& entry) { return entry.op == op; }));
  }

  // Values of one type cost the same, so each type is timed once.
  Status price_reorders(ValueId value) {
    const TensorType& type = types_[value];
    const KernelCall call = reorder_call(*graph_, types_, value);
    for (Layout from : candidate_layouts(type)) {
      for (Layout to : candidate_layouts(type)) {
        if (same_bytes(type, from, to)) continue;
        const auto known = std::find_if(reorders_.begin(), reorders_.end(), [&](const PricedReorder& reorder) {
          return reorder.type == type && reorder.layouts == LayoutPair{from, to};
        });
        if (known != reorders_.end()) {
          problem_.reorder_us[{value, from, to}] = known->cost_us;
          continue;
        }
        RHEO_ASSIGN_OR_RETURN(const double cost_us, time_reorder(call, {from, to}));
        reorders_.push_back({type, {from, to}, cost_us});
        problem_.reorder_us[{value, from, to}] = cost_us;
      }
    }
    return {};
  }

  Result<double> time_reorder(const KernelCall& call, LayoutPair layouts) {
    auto selected = selector_.first_accepting(call, std::span(&layouts, 1));
    if (!selected) return kImpossible_us;
    CallTimer timer(call, pool_.get());
    timer.add(std::move(selected->kernel), layouts);
    RHEO_ASSIGN_OR_RETURN(const auto medians_us, timer.measure(kReorderBudget_us));
    return medians_us[0].value_or(kImpossible_us);
  }

  KernelChoices choices_of(const LayoutAnswer& answer) const {
    KernelChoices choices;
    for (std::size_t call = 0; call < problem_.calls.size(); ++call) {
      if (entries_[call].empty()) continue;
      const KernelVariant& chosen = problem_.calls[call].variants[answer.variant[call]];
      choices[graph_->nodes()[call].name] = {entries_[call][chosen.entry], chosen.output};
    }
    return choices;
  }

  KernelChoices choices_of(const Plan& plan) const {
    KernelChoices choices;
    const auto add = [&](const PlanOp& op) {
      if (op.node == kNoNode) return;
      choices[op.name] = {op.kernel_name, plan.slots()[static_cast<std::size_t>(op.outputs[0])].layout};
    };
    for (const PlanOp& op : plan.ops()) {
      if (op.parts.empty()) add(op);
      for (const PlanOp& part : op.parts) add(part);
    }
    return choices;
  }

  double weighted(const std::vector<double>& stages_us) const {
    double total = 0;
    for (std::size_t stage = 0; stage < stages_us.size(); ++stage) {
      total += problem_.stage_weight[stage] * stages_us[stage];
    }
    return total;
  }

  struct Done {
    KernelCall call;
    bool reads_input;
    std::size_t index;  // in problem_.calls and entries_
  };
  struct PricedReorder {
    TensorType type;
    LayoutPair layouts;
    double cost_us;
  };

  KernelLists lists_;
  std::shared_ptr<const Graph> graph_;
  PlanOptions options_;
  KernelSelector selector_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<TensorType> types_;
  LayoutProblem problem_;
  std::vector<std::vector<std::string>> entries_;  // per call, by the variants' entry numbers; empty: a rename
  std::vector<Done> done_;
  std::vector<PricedReorder> reorders_;
};

}  // namespace

Result<KernelChoices> measure_choices_from(const KernelLists& lists, std::shared_ptr<const Graph> graph,
                                           const PlanOptions& options) {
  return Measurement(lists, std::move(graph), options).run();
}

Result<KernelChoices> measure_choices(std::shared_ptr<const Graph> graph, const PlanOptions& options) {
  return measure_choices_from(default_kernels(), std::move(graph), options);
}

}  // namespace rheo
