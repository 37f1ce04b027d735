// SPDX-License-Identifier: Apache-2.0
// A small model with live steps, and a way to look at what they ran. For the tests of this room.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "infer/live_steps.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo::testing {

// What a smaller batch costs, in the ladder's profiles.
enum class Profile {
  by_item,   // a batch costs what its items cost: moving survivors together pays
  by_batch,  // every batch costs the same: it never pays
};

inline Tensor sample_picture(std::uint64_t seed) { return random_tensor({1, 1, 12, 12}, seed, 0, 1); }

inline Ranges sample_ranges(const Graph& graph) {
  std::vector<Tensor> pictures;
  for (std::uint64_t seed = 500; seed < 508; ++seed) pictures.push_back(sample_picture(seed));
  Ranges ranges;
  for (const Tensor& picture : pictures) {
    for (const auto& [name, range] : observed_ranges(graph, std::span(&picture, 1))) {
      auto [at, fresh] = ranges.emplace(name, range);
      if (!fresh) at->second = {std::min(at->second.low, range.low), std::max(at->second.high, range.high)};
    }
  }
  return ranges;
}

// Three exits in these precisions, cheapest first.
inline Ladder sample_ladder(const Graph& graph, std::span<const Precision> precisions, Profile profile) {
  std::vector<Ladder::Rung> rungs;
  double cost_us = 10;
  for (std::size_t exit = 0; exit < graph.exits().size(); ++exit) {
    for (const Precision precision : precisions) {
      Ladder::Rung rung;
      rung.path = {precision, graph.exits()[exit].name, static_cast<int>(exit)};
      rung.profile.latency_us = cost_us;
      for (int batch = 1; batch <= 8; ++batch) {
        rung.profile.batches.push_back({batch, profile == Profile::by_item ? cost_us * batch : cost_us});
      }
      rungs.push_back(std::move(rung));
      cost_us += 10;
    }
  }
  return Ladder::create(std::move(rungs)).value();
}

// Everything that lives as long as the steps.
struct SampleSteps {
  explicit SampleSteps(int capacity, Profile profile = Profile::by_item,
                       std::vector<Precision> precisions = {Precision::bf16, Precision::f32}, Isa isa = Isa::portable,
                       const GraphPointer& model = three_exit_graph()) {
    graph = optimize(model).value();
    ladder = sample_ladder(*graph, precisions, profile);
    PlanSetOptions options;
    options.isa = isa;
    plans = PlanSet::create(graph, sample_ranges(*graph), precisions, std::move(options)).value();
    steps = LiveSteps::create(plans, ladder, capacity).value();
    for (int i = 0; i < capacity; ++i) pictures.push_back(sample_picture(100 + static_cast<std::uint64_t>(i)));
    for (const Tensor& picture : pictures) views.push_back(picture.view());
    row_views = views;
    begin({});
  }

  void begin(RunControl control) {
    control.after_op = [](void* context, const Frame& frame, int, std::int64_t) {
      static_cast<SampleSteps*>(context)->batches_run.insert(frame.plan().batch());
    };
    control.context = this;
    items.assign(pictures.size(), {});
    for (std::size_t i = 0; i < items.size(); ++i) items[i].index = static_cast<int>(i);
    steps->begin(std::span(&row_views, 1), control);
  }

  // Sends these items to the path together. `batches_run` then holds the batch sizes of the plans that ran.
  Status take(const std::vector<int>& which, std::string_view path) {
    const PathId id = ladder.find(path).value();
    std::vector<Item*> chosen;
    for (const int index : which) {
      items[static_cast<std::size_t>(index)].next = id;
      chosen.push_back(&items[static_cast<std::size_t>(index)]);
    }
    batches_run.clear();
    return steps->take(chosen);
  }

  std::vector<float> answer(int item, std::string_view path) const {
    const auto logits = steps->answer(item, ladder.find(path).value()).as<float>();
    return {logits.begin(), logits.end()};
  }

  GraphPointer graph;
  Ladder ladder;
  std::shared_ptr<PlanSet> plans;
  std::unique_ptr<LiveSteps> steps;
  std::vector<Tensor> pictures;
  std::vector<TensorView> views;
  std::span<const TensorView> row_views;
  std::vector<Item> items;
  std::set<std::int64_t> batches_run;
};

}  // namespace rheo::testing
