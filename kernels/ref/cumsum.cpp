// SPDX-License-Identifier: Apache-2.0
// y[i] = x[0] + ... + x[i] along one axis; without x[i] if exclusive; from the end of the axis if reverse.
// Layout: plain. Dtypes: f32, bf16 in double; i32 and i64, which wrap around. No limits.
// Tested by tests/kernels/ref/cumsum_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/ordering.h"

namespace rheo::ref {
namespace {

class Cumsum {
 public:
  explicit Cumsum(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(CumsumSettings::from(*request.attributes, x_.shape.rank())) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(x_, outputs[0]);
    const auto read = [&](std::int64_t at) { return x.real(at); };
    const auto write = [&](std::int64_t at, double sum) { y.set_real(at, sum); };
    if (x_.dtype == DType::i32) return run_whole<std::uint32_t>(inputs[0], outputs[0]);
    if (x_.dtype == DType::i64) return run_whole<std::uint64_t>(inputs[0], outputs[0]);
    sum<double>(read, write);
  }

 private:
  template <typename T>
  void run_whole(const void* x, void* y) const {
    sum<T>([&](std::int64_t at) { return static_cast<const T*>(x)[at]; },
           [&](std::int64_t at, T sum) { static_cast<T*>(y)[at] = sum; });
  }

  template <typename T, typename Read, typename Write>
  void sum(const Read& read, const Write& write) const {
    const Strides strides = dense_strides(x_.shape);
    const std::int64_t count = x_.shape[settings_.axis];
    Shape kept = x_.shape;
    kept[settings_.axis] = count == 0 ? 0 : 1;
    for_each_index(kept, [&](const Index& index) {
      T total = 0;
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t at =
            offset_of(index, strides) + (settings_.is_reverse ? count - 1 - i : i) * strides[settings_.axis];
        const T element = read(at);
        write(at, settings_.is_exclusive ? total : static_cast<T>(total + element));
        total = static_cast<T>(total + element);
      }
    });
  }

  const TensorType x_;
  const CumsumSettings settings_;
};

}  // namespace

MadeKernel make_cumsum(const KernelRequest& request) { return make_plain<Cumsum>(request); }

}  // namespace rheo::ref
