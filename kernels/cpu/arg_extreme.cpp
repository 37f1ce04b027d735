// SPDX-License-Identifier: Apache-2.0
// argmax, argmin: the index along one axis of the largest (smallest) element, a NaN before all; of equal ones the
// first, or with select_last the last. f32, bf16, i8, u8, i32, i64 -> i64; plain and nhwc. Tested by
// tests/agree/kernels_reductions_test.cpp.
#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/reduction_walk.h"
#include "kernels/cpu/refusal.h"
#include "op/reduction.h"

namespace rheo {
namespace {

struct Search {
  ReductionWalk walk;
  DType dtype = DType::f32;
  bool is_largest = true;
  bool select_last = false;
  const Loops* loops = nullptr;

  std::int64_t count() const { return walk.reduced.inner_size(); }
  std::int64_t stride() const { return walk.reduced.inner_stride(0); }
};

// Elements whose extreme is found at once; then only the block that won is looked through.
constexpr std::int64_t kBlock = 256;

// The index in a dense run of f32, bf16 or 8-bit elements, which are compared as floats.
std::int64_t find_in_run(const Search& search, const std::byte* run) {
  const auto bytes = static_cast<std::int64_t>(size_bytes(search.dtype));
  ReduceCall call{.how = search.is_largest ? Reduction::max : Reduction::min, .dtype = search.dtype, .rows = 1};
  const float worst = search.is_largest ? -__builtin_inff() : __builtin_inff();
  float best = worst;
  std::int64_t best_block = 0;
  for (std::int64_t first = 0; first < search.count(); first += kBlock) {
    float extreme = worst;
    call.in = run + first * bytes;
    call.columns = std::min(kBlock, search.count() - first);
    call.totals = &extreme;
    search.loops->reduce_rows(call);
    const bool is_before = search.is_largest ? extreme > best : extreme < best;
    const bool is_equal = extreme == best || (extreme != extreme && best != best);
    const bool is_nan_first = extreme != extreme && best == best;
    if (!is_before && !is_nan_first && !(is_equal && search.select_last)) continue;
    best = extreme;
    best_block = first;
  }
  float block[kBlock];
  const std::int64_t count = std::min(kBlock, search.count() - best_block);
  search.loops->convert(run + best_block * bytes, search.dtype, block, DType::f32, 1.0F, count);
  const auto is_best = [&](std::int64_t i) { return block[i] == best || (best != best && block[i] != block[i]); };
  std::int64_t i = search.select_last ? count - 1 : 0;
  while (!is_best(i)) i += search.select_last ? -1 : 1;
  return best_block + i;
}

template <typename T>
std::int64_t find_whole(const Search& search, const T* first) {
  std::int64_t found = 0;
  T best = first[0];
  for (std::int64_t i = 1; i < search.count(); ++i) {
    const T x = first[i * search.stride()];
    const bool wins = search.is_largest ? x > best : x < best;
    if (!wins && !(search.select_last && x == best)) continue;
    best = x;
    found = i;
  }
  return found;
}

// The indices of `results` neighbouring results, the first of which begins at element `first` of x.
void find_all(const Search& search, const std::byte* x, std::int64_t first, std::int64_t results,
              std::int64_t* indices) {
  const auto bytes = static_cast<std::int64_t>(size_bytes(search.dtype));
  const std::int64_t step = search.walk.kept.inner_stride(0);
  if (is_numeric(search.dtype) && search.stride() != 1) {
    std::int32_t found[ReductionWalk::kMostResults];
    ArgColumnsCall call{.dtype = search.dtype, .is_largest = search.is_largest, .select_last = search.select_last};
    call.rows = search.count();
    call.row_stride = search.stride();
    // Results that do not lie next to each other in x are columns of their own.
    const std::int64_t together = search.walk.joins_columns() ? results : 1;
    call.columns = together;
    for (std::int64_t i = 0; i < results; i += together) {
      call.in = x + (first + i * step) * bytes;
      call.indices = found + i;
      search.loops->arg_columns(call);
    }
    std::copy_n(found, results, indices);
    return;
  }
  for (std::int64_t i = 0; i < results; ++i) {
    const std::byte* run = x + (first + i * step) * bytes;
    if (search.dtype == DType::i32) indices[i] = find_whole(search, reinterpret_cast<const std::int32_t*>(run));
    if (search.dtype == DType::i64) indices[i] = find_whole(search, reinterpret_cast<const std::int64_t*>(run));
    if (is_numeric(search.dtype)) indices[i] = find_in_run(search, run);
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_arg_extreme(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("argmax works on plain and nhwc.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const ArgExtremeSettings settings = ArgExtremeSettings::from(*request.attributes, x.type->shape.rank());
  if (x.type->shape[settings.axis] > INT32_MAX) return refuse("The axis has more elements than 31 bits count.");
  std::array<bool, Shape::kMaxRank> is_reduced{};
  is_reduced[settings.axis] = true;
  Search search{.walk = make_reduction_walk(x, y, is_reduced, settings.keep_dims, request.threads),
                .dtype = x.type->dtype,
                .is_largest = request.op == OpKind::argmax,
                .select_last = settings.select_last,
                .loops = &loops_for(request.isa)};
  LoopSettings loop = loop_settings(request);
  loop.parts = search.walk.parts();
  return make_loop_kernel(std::move(loop), [search](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    std::int64_t indices[ReductionWalk::kMostResults];
    search.walk.for_each_part(begin, end, [&](std::int64_t first, std::int64_t out, std::int64_t results) {
      find_all(search, static_cast<const std::byte*>(buffers.inputs[0]), first, results, indices);
      place_results(search.walk, sizeof(std::int64_t), indices,
                    static_cast<std::byte*>(buffers.outputs[0]) + out * static_cast<std::int64_t>(sizeof(std::int64_t)),
                    results);
    });
  });
}

}  // namespace rheo
