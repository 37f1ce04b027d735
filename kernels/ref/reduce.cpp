// SPDX-License-Identifier: Apache-2.0
// y = all elements of x over the named axes made into one; the axes stay with size 1 if keep_dims.
//   reduce_sum: sum of x; reduce_prod: product; reduce_max, reduce_min: the largest, the smallest, NaN before all;
//   reduce_l1: sum of |x|; reduce_sum_square: sum of x * x; reduce_l2: its root;
//   reduce_log_sum: log of the sum; reduce_log_sum_exp: log of the sum of e^x
// Layout: plain. Dtypes: f32, bf16 in double; of the first four also i32 and i64, which wrap around. No limits.
// Tested by tests/kernels/ref/reduce_test.cpp.
#include <cmath>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/reduction.h"

namespace rheo::ref {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double first_of(OpKind op) {
  if (op == OpKind::reduce_prod) return 1;
  if (op == OpKind::reduce_min) return kInfinity;
  return op == OpKind::reduce_max || op == OpKind::reduce_log_sum_exp ? -kInfinity : 0;
}

double joined(OpKind op, double so_far, double x) {
  switch (op) {
    case OpKind::reduce_prod: return so_far * x;
    case OpKind::reduce_max: return std::isnan(so_far) || so_far > x ? so_far : x;
    case OpKind::reduce_min: return std::isnan(so_far) || so_far < x ? so_far : x;
    case OpKind::reduce_l1: return so_far + std::abs(x);
    case OpKind::reduce_l2:
    case OpKind::reduce_sum_square: return so_far + x * x;
    case OpKind::reduce_log_sum_exp: {
      const double most = std::isnan(so_far) || so_far > x ? so_far : x;
      return std::isinf(most) ? most : most + std::log(std::exp(so_far - most) + std::exp(x - most));
    }
    default: return so_far + x;
  }
}

double finished(OpKind op, double total) {
  if (op == OpKind::reduce_l2) return std::sqrt(total);
  return op == OpKind::reduce_log_sum ? std::log(total) : total;
}

// T is i32 or i64; U the same without a sign, which is what wraps around.
template <typename T, typename U>
T joined_whole(OpKind op, T so_far, T x) {
  switch (op) {
    case OpKind::reduce_prod: return static_cast<T>(static_cast<U>(so_far) * static_cast<U>(x));
    case OpKind::reduce_max: return so_far > x ? so_far : x;
    case OpKind::reduce_min: return so_far < x ? so_far : x;
    default: return static_cast<T>(static_cast<U>(so_far) + static_cast<U>(x));
  }
}

template <typename T>
T first_whole(OpKind op) {
  if (op == OpKind::reduce_max) return std::numeric_limits<T>::min();
  if (op == OpKind::reduce_min) return std::numeric_limits<T>::max();
  return op == OpKind::reduce_prod ? 1 : 0;
}

class Reduce {
 public:
  explicit Reduce(const KernelRequest& request)
      : op_(request.op),
        x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        kept_(x_.shape),
        reduced_(x_.shape),
        strides_(dense_strides(x_.shape)) {
    const ReduceSettings settings = ReduceSettings::from(*request.attributes, x_.shape.rank());
    for (std::size_t axis = 0; axis < x_.shape.rank(); ++axis) (settings.is_reduced[axis] ? kept_ : reduced_)[axis] = 1;
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    if (x_.dtype == DType::i32) return run_whole<std::int32_t, std::uint32_t>(inputs[0], outputs[0]);
    if (x_.dtype == DType::i64) return run_whole<std::int64_t, std::uint64_t>(inputs[0], outputs[0]);
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for_each_index(kept_, [&](const Index& kept) {
      double total = first_of(op_);
      for_each_reduced(kept, [&](std::int64_t at) { total = joined(op_, total, x.real(at)); });
      y.set_real(out++, finished(op_, total));
    });
  }

 private:
  template <typename F>
  void for_each_reduced(const Index& kept, F&& f) const {
    const std::int64_t begin = offset_of(kept, strides_);
    for_each_index(reduced_, [&](const Index& index) { f(begin + offset_of(index, strides_)); });
  }

  template <typename T, typename U>
  void run_whole(const void* input, void* output) const {
    const T* x = static_cast<const T*>(input);
    T* y = static_cast<T*>(output);
    for_each_index(kept_, [&](const Index& kept) {
      T total = first_whole<T>(op_);
      for_each_reduced(kept, [&](std::int64_t at) { total = joined_whole<T, U>(op_, total, x[at]); });
      *y++ = total;
    });
  }

  const OpKind op_;
  const TensorType x_;
  const TensorType y_;
  Shape kept_;     // x with reduced dimensions of size 1: one index per result
  Shape reduced_;  // x with kept dimensions of size 1: one index per element of a result
  const Strides strides_;
};

}  // namespace

MadeKernel make_reduce(const KernelRequest& request) { return make_plain<Reduce>(request); }

}  // namespace rheo::ref
