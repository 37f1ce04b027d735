// SPDX-License-Identifier: Apache-2.0
// `CommonWeights`: the constants of one PlanSet, and the packs made of them, for other PlanSets that compute the same
// model in other sizes. Each import of a model brings its constants anew; those with equal elements are replaced by the
// ones that are here, so that weights are in memory once.
//
// Keeps the constants and packs alive. Const after `of`; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"
#include "infer/plan_set.h"
#include "kernels/weight_store.h"

namespace rheo {

class CommonWeights {
 public:
  static std::shared_ptr<const CommonWeights> of(const PlanSet& set);

  // The same graph, with the constants that are here in place of equal ones of its own.
  Result<std::shared_ptr<const Graph>> share(const std::shared_ptr<const Graph>& graph) const;
  // For the plans of another size. Packs of constants that are here are made once for all sizes and stay; what belongs
  // to one size only goes with its store.
  std::shared_ptr<WeightStore> store() const;
  // True when a constant with these elements is here.
  bool owns(const void* elements) const { return addresses_->contains(elements); }

 private:
  void add(const Graph& graph);
  const Tensor* find(const Tensor& wanted, std::uint64_t hash) const;
  const Tensor& known_or(const Tensor& own) const;

  std::unordered_multimap<std::uint64_t, Tensor> constants_;  // by content_hash
  // Of their elements. Stores look here, also when they outlive this.
  std::shared_ptr<std::unordered_set<const void*>> addresses_ = std::make_shared<std::unordered_set<const void*>>();
  std::shared_ptr<WeightStore> store_;
};

}  // namespace rheo
