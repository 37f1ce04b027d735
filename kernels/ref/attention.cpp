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
        settings_(AttentionSettings::from(*request.attributes, q_.shape[3])) {
    if (request.inputs.size() <= kMaskInput || request.inputs[kMaskInput].type == nullptr) return;
    mask_ = *request.inputs[kMaskInput].type;
    mask_strides_ = broadcast_strides(mask_.shape, {q_.shape[0], q_.shape[1], q_.shape[2], k_.shape[2]});
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader v(v_, inputs[2]);
    const ElementWriter y(y_, outputs[0]);
    const std::int64_t depth = v_.shape[3];
    std::vector<double> weights(static_cast<std::size_t>(k_.shape[2]));
    std::int64_t out = 0;
    for_each_index({q_.shape[0], q_.shape[1], q_.shape[2]}, [&](const Index& query) {
      const std::int64_t seen = settings_.is_causal ? std::min(query[2] + 1, k_.shape[2]) : k_.shape[2];
      weights.resize(static_cast<std::size_t>(seen));
      score(inputs, query, weights);
      const std::int64_t values = (query[0] * v_.shape[1] + query[1]) * v_.shape[2] * depth;
      for (std::int64_t e = 0; e < depth; ++e) {
        double sum = 0;
        for (std::int64_t j = 0; j < seen; ++j)
          sum += weights[static_cast<std::size_t>(j)] * v.real(values + j * depth + e);
        y.set_real(out++, sum);
      }
    });
  }

 private:
  // The softmax of the scores of one query.
  void score(std::span<const void* const> inputs, const Index& query, std::vector<double>& weights) const {
    const ElementReader q(q_, inputs[0]);
    const ElementReader k(k_, inputs[1]);
    const std::int64_t head = query[0] * q_.shape[1] + query[1];
    const std::int64_t depth = q_.shape[3];
    Index place = query;
    double largest = kNever;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      place[3] = static_cast<std::int64_t>(j);
      double sum = 0;
      for (std::int64_t i = 0; i < depth; ++i) {
        sum +=
            q.real((head * q_.shape[2] + query[2]) * depth + i) * k.real((head * k_.shape[2] + place[3]) * depth + i);
      }
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

  const TensorType q_;  // [batch, heads, queries, depth]
  const TensorType k_;  // [batch, heads, keys, depth]
  const TensorType v_;  // [batch, heads, keys, depth of y]
  const TensorType y_;
  TensorType mask_;
  Strides mask_strides_{};
  const AttentionSettings settings_;
};

}  // namespace

MadeKernel make_attention(const KernelRequest& request) { return make_plain<Attention>(request); }

}  // namespace rheo::ref
