// SPDX-License-Identifier: Apache-2.0
// The k largest (smallest) elements along one axis in order, a NaN before all, of equal ones the lower index first, and
// their indices. Layout: plain. Dtypes: f32, bf16, i8, u8, i32, i64; indices i64. No limits.
// Tested by tests/kernels/ref/top_k_test.cpp.
#include <cstring>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/order.h"
#include "kernels/ref/reference_kernel.h"
#include "op/ordering.h"

namespace rheo::ref {
namespace {

class TopK {
 public:
  explicit TopK(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(TopKSettings::from(*request.attributes, x_.shape.rank())) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader reader(x_, inputs[0]);
    const auto* whole = static_cast<const std::int64_t*>(inputs[0]);
    const Strides strides = dense_strides(x_.shape);
    const std::int64_t step = strides[settings_.axis];
    const auto before = [&](std::int64_t a, std::int64_t b) {
      return x_.dtype == DType::i64 ? comes_before(whole[a], whole[b], settings_.is_largest)
                                    : comes_before(reader.stored(a), reader.stored(b), settings_.is_largest);
    };
    Shape kept = x_.shape;
    kept[settings_.axis] = 1;
    for_each_index(kept, [&](const Index& index) {
      const std::int64_t begin = offset_of(index, strides);
      // An element's place is how many come before it.
      for (std::int64_t i = 0; i < x_.shape[settings_.axis]; ++i) {
        std::int64_t place = 0;
        for (std::int64_t j = 0; j < x_.shape[settings_.axis]; ++j) {
          const std::int64_t a = begin + j * step;
          const std::int64_t b = begin + i * step;
          place += before(a, b) || (j < i && !before(b, a)) ? 1 : 0;
        }
        if (place < settings_.k) put(index, place, i, begin + i * step, inputs[0], outputs);
      }
    });
  }

 private:
  void put(const Index& index, std::int64_t place, std::int64_t i, std::int64_t from, const void* x,
           std::span<void* const> outputs) const {
    const Strides strides = dense_strides(y_.shape);
    const auto to = static_cast<std::size_t>(offset_of(index, strides) + place * strides[settings_.axis]);
    const std::size_t bytes = size_bytes(x_.dtype);
    std::memcpy(static_cast<std::byte*>(outputs[0]) + to * bytes,
                static_cast<const std::byte*>(x) + static_cast<std::size_t>(from) * bytes, bytes);
    static_cast<std::int64_t*>(outputs[1])[to] = i;
  }

  const TensorType x_;
  const TensorType y_;
  const TopKSettings settings_;
};

}  // namespace

MadeKernel make_top_k(const KernelRequest& request) { return make_plain<TopK>(request); }

}  // namespace rheo::ref
