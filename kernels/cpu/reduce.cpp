// SPDX-License-Identifier: Apache-2.0
// reduce_sum, reduce_max, reduce_min, reduce_prod, reduce_l1, reduce_l2, reduce_sum_square, reduce_log_sum and
// reduce_log_sum_exp over any dimensions; formulas in kernels/ref/reduce.cpp. f32 and bf16, joined in f32; the first
// four also i32 and i64. Plain and nhwc. Tested by tests/agree/kernels_reductions_test.cpp.
#include <cmath>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/reduction_walk.h"
#include "kernels/cpu/refusal.h"
#include "op/reduction.h"

namespace rheo {
namespace {

constexpr std::size_t kMostResults = ReductionWalk::kMostResults;

Reduction reduction_of(OpKind op) {
  switch (op) {
    case OpKind::reduce_max: return Reduction::max;
    case OpKind::reduce_min: return Reduction::min;
    case OpKind::reduce_prod: return Reduction::product;
    case OpKind::reduce_l1: return Reduction::sum_abs;
    case OpKind::reduce_l2:
    case OpKind::reduce_sum_square: return Reduction::sum_squares;
    case OpKind::reduce_log_sum_exp: return Reduction::sum_exp;
    default: return Reduction::sum;
  }
}

// What a total begins with: it leaves every element alone.
template <typename T>
T neutral(Reduction how) {
  using Limits = std::numeric_limits<T>;
  if (how == Reduction::product) return 1;
  if (how == Reduction::max) return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  if (how == Reduction::min) return Limits::has_infinity ? Limits::infinity() : Limits::max();
  return 0;
}

// Joins the elements of `results` neighbouring results, the first of which begins at element `first` of x.
void join_all(const ReductionWalk& walk, const Loops& loops, ReduceCall call, std::int64_t first,
              std::int64_t results) {
  const auto bytes = static_cast<std::int64_t>(size_bytes(call.dtype));
  const std::byte* x = static_cast<const std::byte*>(call.in);
  const bool joins_columns = walk.joins_columns();
  call.rows = joins_columns ? walk.reduced.inner_size() : results;
  call.columns = joins_columns ? results : walk.reduced.inner_size();
  call.row_stride = joins_columns ? walk.reduced.inner_stride(0) : walk.kept.inner_stride(0);
  walk.reduced.for_each_run([&](const auto& at) {
    call.in = x + (first + at[0]) * bytes;
    (joins_columns ? loops.reduce_columns : loops.reduce_rows)(call);
  });
}

struct FloatTotals {
  alignas(64) float totals[kMostResults];
  alignas(64) float shifts[kMostResults];
  alignas(64) std::byte stored[kMostResults * sizeof(float)];
};

// log(sum of e^x) = m + log(sum of e^(x - m)), with m the largest, or 0 where that is infinite.
void find_shifts(const ReductionWalk& walk, const Loops& loops, ReduceCall call, FloatTotals& block, std::int64_t first,
                 std::int64_t results) {
  std::fill_n(block.shifts, results, neutral<float>(Reduction::max));
  call.how = Reduction::max;
  call.totals = block.shifts;
  join_all(walk, loops, call, first, results);
  for (std::int64_t i = 0; i < results; ++i) block.shifts[i] = std::isinf(block.shifts[i]) ? 0 : block.shifts[i];
}

void finish(OpKind op, FloatTotals& block, std::int64_t results) {
  for (std::int64_t i = 0; i < results; ++i) {
    if (op == OpKind::reduce_l2) block.totals[i] = std::sqrt(block.totals[i]);
    if (op == OpKind::reduce_log_sum) block.totals[i] = std::log(block.totals[i]);
    if (op == OpKind::reduce_log_sum_exp) block.totals[i] = std::log(block.totals[i]) + block.shifts[i];
  }
}

LoopBody float_body(const ReductionWalk& walk, OpKind op, DType dtype, const Loops* loops) {
  return [walk, op, dtype, loops](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    FloatTotals block;
    ReduceCall call{.how = reduction_of(op), .dtype = dtype, .in = buffers.inputs[0], .shifts = block.shifts};
    walk.for_each_part(begin, end, [&](std::int64_t first, std::int64_t out, std::int64_t results) {
      if (call.how == Reduction::sum_exp) find_shifts(walk, *loops, call, block, first, results);
      std::fill_n(block.totals, results, neutral<float>(call.how));
      call.totals = block.totals;
      join_all(walk, *loops, call, first, results);
      finish(op, block, results);
      loops->convert(block.totals, DType::f32, block.stored, dtype, 1.0F, results);
      place_results(walk, size_bytes(dtype), block.stored,
                    static_cast<std::byte*>(buffers.outputs[0]) + out * static_cast<std::int64_t>(size_bytes(dtype)),
                    results);
    });
  };
}

template <typename T>
LoopBody whole_body(const ReductionWalk& walk, Reduction how, DType dtype, const Loops* loops) {
  return [walk, how, dtype, loops](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    alignas(64) T totals[kMostResults];
    ReduceCall call{.how = how, .dtype = dtype, .in = buffers.inputs[0], .totals = totals};
    walk.for_each_part(begin, end, [&](std::int64_t first, std::int64_t out, std::int64_t results) {
      std::fill_n(totals, results, neutral<T>(how));
      join_all(walk, *loops, call, first, results);
      place_results(walk, sizeof(T), totals,
                    static_cast<std::byte*>(buffers.outputs[0]) + out * static_cast<std::int64_t>(sizeof(T)), results);
    });
  };
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_reduce(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("Reductions work on plain and nhwc.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const ReduceSettings settings = ReduceSettings::from(*request.attributes, x.type->shape.rank());
  const ReductionWalk walk = make_reduction_walk(x, y, settings.is_reduced, settings.keep_dims, request.threads);
  const Loops* loops = &loops_for(request.isa);
  LoopSettings loop = loop_settings(request);
  loop.parts = walk.parts();
  const DType dtype = x.type->dtype;
  const Reduction how = reduction_of(request.op);
  if (dtype == DType::i32) return make_loop_kernel(std::move(loop), whole_body<std::int32_t>(walk, how, dtype, loops));
  if (dtype == DType::i64) return make_loop_kernel(std::move(loop), whole_body<std::int64_t>(walk, how, dtype, loops));
  return make_loop_kernel(std::move(loop), float_body(walk, request.op, dtype, loops));
}

}  // namespace rheo
