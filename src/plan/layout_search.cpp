// SPDX-License-Identifier: Apache-2.0
#include "plan/layout_search.h"

#include <algorithm>
#include <set>

namespace rheo {
namespace {

constexpr std::size_t kLongestRun = 64;  // calls that move together
constexpr int kMostRounds = 50;          // each round lowers the total, so this is never reached in practice
constexpr double kLeastGain = 1e-3;      // microseconds; below it a move is noise

std::size_t index_of(Layout layout) { return static_cast<std::size_t>(layout); }

double weight_of(const LayoutProblem& problem, int stage) {
  const auto at = static_cast<std::size_t>(stage);
  return at < problem.stage_weight.size() ? problem.stage_weight[at] : 1.0;
}

// The layout a variant reads when its pictures lie in `lies`: as they lie if it can, to save the reorder. The same
// order as attempts_for_output.
std::optional<Layout> read_layout(const KernelVariant& variant, Layout lies) {
  for (Layout layout : {lies, variant.output, Layout::nhwc, Layout::plain, Layout::nchw16c}) {
    if (variant.cost_us[index_of(layout)]) return layout;
  }
  return std::nullopt;
}

// Adds up one choice, call by call.
class Total {
 public:
  explicit Total(const LayoutProblem& problem)
      : problem_(problem), layouts_(problem.value_count, Layout::plain) {}  // graph inputs are plain

  void add(const PricedCall& call, const KernelVariant& variant) {
    const Layout lies = call.inputs.empty() ? Layout::plain : layouts_[call.inputs[0]];
    const std::optional<Layout> read = read_layout(variant, lies);
    if (!read) {
      total_ = std::numeric_limits<double>::infinity();
      return;
    }
    total_ += weight_of(problem_, call.stage) * *variant.cost_us[index_of(*read)];
    for (ValueId value : call.inputs) need(value, *read, call.stage);
    for (ValueId value : call.residuals) need(value, variant.output, call.stage);
    layouts_[call.output] = variant.output;
  }

  void need(ValueId value, Layout layout, int stage) {
    const auto price = problem_.reorder_us.find({value, layouts_[value], layout});
    if (price == problem_.reorder_us.end()) return;
    if (copies_.emplace(value, layout, stage).second) total_ += weight_of(problem_, stage) * price->second;
  }

  double total_us() const { return total_; }

 private:
  const LayoutProblem& problem_;
  std::vector<Layout> layouts_;
  std::set<std::tuple<ValueId, Layout, int>> copies_;
  double total_ = 0;
};

double cheapest_read(const KernelVariant& variant) {
  double least = std::numeric_limits<double>::infinity();
  for (const std::optional<double>& cost : variant.cost_us) {
    if (cost) least = std::min(least, *cost);
  }
  return least;
}

// The cheapest variant that writes `layout`; if there is none, the cheapest of all.
std::size_t variant_for(const PricedCall& call, Layout layout) {
  std::size_t best = 0;
  const auto rank = [&](std::size_t i) {
    return std::pair(call.variants[i].output != layout, cheapest_read(call.variants[i]));
  };
  for (std::size_t i = 1; i < call.variants.size(); ++i) {
    if (rank(i) < rank(best)) best = i;
  }
  return best;
}

class Search {
 public:
  explicit Search(const LayoutProblem& problem) : problem_(problem) {}

  LayoutAnswer from(Layout layout) {
    answer_.variant.clear();
    for (const PricedCall& call : problem_.calls) answer_.variant.push_back(variant_for(call, layout));
    answer_.total_us = total_us(problem_, answer_.variant);
    for (int round = 0; round < kMostRounds; ++round) {
      const bool moved = move_runs();
      if (!move_singles() && !moved) break;
    }
    return answer_;
  }

 private:
  bool keep_if_better(const std::vector<std::size_t>& variant) {
    const double total = total_us(problem_, variant);
    if (!(total < answer_.total_us - kLeastGain)) return false;
    answer_ = {variant, total};
    return true;
  }

  bool move_runs() {
    bool moved = false;
    const std::size_t count = problem_.calls.size();
    for (Layout layout : {Layout::nhwc, Layout::nchw16c}) {
      for (std::size_t first = 0; first < count; ++first) {
        std::vector<std::size_t> variant = answer_.variant;
        for (std::size_t last = first; last < std::min(count, first + kLongestRun); ++last) {
          const std::size_t wanted = variant_for(problem_.calls[last], layout);
          if (variant[last] == wanted) continue;
          variant[last] = wanted;
          moved |= keep_if_better(variant);
        }
      }
    }
    return moved;
  }

  bool move_singles() {
    bool moved = false;
    for (std::size_t call = 0; call < problem_.calls.size(); ++call) {
      for (std::size_t i = 0; i < problem_.calls[call].variants.size(); ++i) {
        std::vector<std::size_t> variant = answer_.variant;
        if (variant[call] == i) continue;
        variant[call] = i;
        moved |= keep_if_better(variant);
      }
    }
    return moved;
  }

  const LayoutProblem& problem_;
  LayoutAnswer answer_;
};

}  // namespace

double total_us(const LayoutProblem& problem, std::span<const std::size_t> variant) {
  Total total(problem);
  for (std::size_t i = 0; i < problem.calls.size(); ++i) {
    total.add(problem.calls[i], problem.calls[i].variants[variant[i]]);
  }
  for (const GivenOut& out : problem.given_out) total.need(out.value, Layout::plain, out.stage);
  return total.total_us();
}

LayoutAnswer search_layouts(const LayoutProblem& problem) {
  Search search(problem);
  const LayoutAnswer wide = search.from(Layout::nhwc);
  const LayoutAnswer blocked = search.from(Layout::nchw16c);
  return wide.total_us <= blocked.total_us ? wide : blocked;
}

}  // namespace rheo
