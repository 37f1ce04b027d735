// SPDX-License-Identifier: Apache-2.0
// y[b,h,i,:] = sum over j of p[j] * v[b,h,j,:], p = softmax over j of scale * (q[b,h,i,:] . k[b,h,j,:]) +
// mask[b,h,i,j]. Layout: plain. Dtypes: q, k, v and y f32, bf16 or 8-bit (as real numbers); mask f32 (added) or
// bool (false: minus infinity). Sums in double. What a query may not see by causality does not count at all; a query
// that sees nothing answers 0. No limits. Tested by tests/kernels/ref/attention_test.cpp.
#include "op/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

class Attention {
 public:
  explicit Attention(const KernelRequest& request)
      : q_(*request.inputs[0].type),
        k_(*request.inputs[1].type),
        v_(*request.inputs[2].type),
        y_(*request.outputs[0].type),
        sizes_(AttentionSizes::of(q_.shape, k_.shape, v_.shape, *request.attributes)),
        places_(AttentionPlaces::of(q_.shape, k_.shape, v_.shape, *request.attributes)),
        settings_(AttentionSettings::from(*request.attributes, sizes_.depth)) {
    if (request.inputs.size() <= kMaskInput || request.inputs[kMaskInput].type == nullptr) return;
    mask_ = *request.inputs[kMaskInput].type;
    mask_strides_ = broadcast_strides(mask_.shape, {sizes_.batch, sizes_.heads, sizes_.queries, sizes_.keys});
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader v(v_, inputs[2]);
    const ElementWriter y(y_, outputs[0]);
    std::vector<double> weights(static_cast<std::size_t>(sizes_.keys));
    for_each_index({sizes_.batch, sizes_.heads, sizes_.queries}, [&](const Index& query) {
      const std::int64_t seen = settings_.is_causal ? std::min(query[2] + 1, sizes_.keys) : sizes_.keys;
      weights.resize(static_cast<std::size_t>(seen));
      score(inputs, query, weights);
      const std::int64_t answer = places_.y.of(query[0], query[1], query[2]);
      for (std::int64_t e = 0; e < sizes_.out_depth; ++e) {
        double sum = 0;
        for (std::int64_t j = 0; j < seen; ++j)
          sum += weights[static_cast<std::size_t>(j)] * v.real(places_.v.of(query[0], query[1], j) + e);
        y.set_real(answer + e, sum);
      }
    });
  }

 private:
  // The softmax of the scores of one query.
  void score(std::span<const void* const> inputs, const Index& query, std::vector<double>& weights) const {
    const ElementReader q(q_, inputs[0]);
    const ElementReader k(k_, inputs[1]);
    const std::int64_t row = places_.q.of(query[0], query[1], query[2]);
    Index place = query;
    double largest = kNever;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      place[3] = static_cast<std::int64_t>(j);
      const std::int64_t key = places_.k.of(query[0], query[1], place[3]);
      double sum = 0;
      for (std::int64_t i = 0; i < sizes_.depth; ++i) sum += q.real(row + i) * k.real(key + i);
      weights[j] = sum * settings_.scale + masked(inputs, place);
      largest = std::max(largest, weights[j]);
    }
    const bool sees_nothing =
        std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == kNever; });
    if (sees_nothing) return std::fill(weights.begin(), weights.end(), 0.0);
    double total = 0;
    for (double& weight : weights) total += weight = std::exp(weight - largest);
    for (double& weight : weights) weight /= total;
  }

  double masked(std::span<const void* const> inputs, const Index& place) const {
    if (inputs.size() <= kMaskInput || inputs[kMaskInput] == nullptr) return 0;
    const double mask = ElementReader(mask_, inputs[kMaskInput]).real(offset_of(place, mask_strides_));
    if (mask_.dtype == DType::boolean) return mask != 0 ? 0 : kNever;
    return mask;
  }

  const TensorType q_, k_, v_, y_;
  TensorType mask_;
  Strides mask_strides_{};
  const AttentionSizes sizes_;
  const AttentionPlaces places_;
  const AttentionSettings settings_;
};

}  // namespace

MadeKernel make_attention(const KernelRequest& request) { return make_plain<Attention>(request); }

}  // namespace rheo::ref
