// SPDX-License-Identifier: Apache-2.0
#include "infer/common_weights.h"

#include <cstring>
#include <vector>

#include "base/try.h"
#include "graph/hash.h"
#include "graph/with_constants.h"

namespace rheo {

std::shared_ptr<const CommonWeights> CommonWeights::of(const PlanSet& set) {
  auto common = std::make_shared<CommonWeights>();
  for (const std::shared_ptr<const Graph>& graph : set.graphs()) common->add(*graph);
  common->store_ = set.weights();
  return common;
}

void CommonWeights::add(const Graph& graph) {
  for (const Value& value : graph.values()) {
    if (!value.is_constant()) continue;
    const std::uint64_t hash = content_hash(value.constant);
    if (find(value.constant, hash) != nullptr) continue;
    constants_.emplace(hash, value.constant);
    addresses_->insert(value.constant.data());
  }
}

const Tensor* CommonWeights::find(const Tensor& wanted, std::uint64_t hash) const {
  const auto [first, last] = constants_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    const Tensor& known = at->second;
    if (known.dtype() != wanted.dtype() || known.shape() != wanted.shape()) continue;
    if (std::memcmp(known.data(), wanted.data(), wanted.size_bytes()) == 0) return &known;
  }
  return nullptr;
}

const Tensor& CommonWeights::known_or(const Tensor& own) const {
  const Tensor* known = owns(own.data()) ? nullptr : find(own, content_hash(own));
  return known == nullptr ? own : *known;
}

Result<std::shared_ptr<const Graph>> CommonWeights::share(const std::shared_ptr<const Graph>& graph) const {
  return with_constants(*graph, [&](const Value& value) -> Result<Tensor> { return known_or(value.constant); });
}

std::shared_ptr<WeightStore> CommonWeights::store() const {
  return std::make_shared<WeightStore>(
      store_, [addresses = addresses_](const void* source) { return addresses->contains(source); });
}

}  // namespace rheo
