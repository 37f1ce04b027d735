// SPDX-License-Identifier: Apache-2.0
// cumsum: y[i] = x[0] + ... + x[i] along one axis, without x[i] if exclusive, from the end if reverse. f32 and bf16,
// summed in f32; i32 and i64, which wrap around. Plain and nhwc. Tested by tests/agree/kernels_reductions_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"
#include "op/ordering.h"
#include "tensor/half.h"

namespace rheo {
namespace {

// Columns that are summed side by side; their sums lie on the stack.
constexpr std::int64_t kColumns = 256;

// In memory, whatever the layout, x is [outer, count, inner].
struct Line {
  CumsumSettings settings;
  std::int64_t count = 0, inner = 1, blocks = 1;
  std::int64_t first() const { return settings.is_reverse ? (count - 1) * inner : 0; }
  std::int64_t step() const { return settings.is_reverse ? -inner : inner; }
};

struct F32 {
  using Stored = float;
  using Sum = float;
  static Sum read(Stored stored) { return stored; }
  static Stored write(Sum sum) { return sum; }
};
struct Bf16 {
  using Stored = std::uint16_t;
  using Sum = float;
  static Sum read(Stored stored) { return bf16_to_f32(stored); }
  static Stored write(Sum sum) { return f32_to_bf16(sum); }
};
template <typename Unsigned>
struct Whole {
  using Stored = Unsigned;
  using Sum = Unsigned;
  static Sum read(Stored stored) { return stored; }
  static Stored write(Sum sum) { return sum; }
};

// One line of neighbours. Four elements are added up among themselves before they meet the sum so far, which so waits
// for one addition instead of four.
template <typename Element>
void sum_line(const Line& line, const typename Element::Stored* x, typename Element::Stored* y) {
  using Sum = typename Element::Sum;
  const std::int64_t step = line.step();
  Sum total = 0;
  std::int64_t i = 0;
  for (; i + 4 <= line.count; i += 4, x += 4 * step, y += 4 * step) {
    const Sum a = Element::read(x[0]);
    const Sum ab = a + Element::read(x[step]);
    const Sum c = Element::read(x[2 * step]);
    const Sum cd = c + Element::read(x[3 * step]);
    const Sum sums[5] = {total, total + a, total + ab, total + (ab + c), total + (ab + cd)};
    const Sum* results = line.settings.is_exclusive ? sums : sums + 1;
    for (int k = 0; k < 4; ++k) y[k * step] = Element::write(results[k]);
    total = sums[4];
  }
  for (; i < line.count; ++i, x += step, y += step) {
    const Sum next = total + Element::read(*x);
    *y = Element::write(line.settings.is_exclusive ? total : next);
    total = next;
  }
}

// Columns side by side.
template <typename Element>
void sum_columns(const Line& line, const typename Element::Stored* x, typename Element::Stored* y,
                 std::int64_t columns) {
  typename Element::Sum totals[kColumns] = {};
  for (std::int64_t i = 0; i < line.count; ++i, x += line.step(), y += line.step()) {
    for (std::int64_t column = 0; column < columns; ++column) {
      const typename Element::Sum next = totals[column] + Element::read(x[column]);
      y[column] = Element::write(line.settings.is_exclusive ? totals[column] : next);
      totals[column] = next;
    }
  }
}

// The same for floats, whole vectors at once.
void sum_float_columns(const Line& line, const Loops& loops, DType dtype, const std::byte* x, std::byte* y,
                       std::int64_t columns) {
  alignas(64) float totals[kColumns] = {};
  const std::int64_t step = line.step() * static_cast<std::int64_t>(size_bytes(dtype));
  for (std::int64_t i = 0; i < line.count; ++i, x += step, y += step) {
    if (line.settings.is_exclusive) loops.convert(totals, DType::f32, y, dtype, 1.0F, columns);
    loops.accumulate(x, dtype, totals, columns);
    if (!line.settings.is_exclusive) loops.convert(totals, DType::f32, y, dtype, 1.0F, columns);
  }
}

template <typename Element>
void sum_part(const Line& line, const Loops& loops, DType dtype, const void* x, void* y, std::int64_t part) {
  const std::int64_t column = part % line.blocks * kColumns;
  const std::int64_t first = part / line.blocks * line.count * line.inner + line.first() + column;
  const auto* from = static_cast<const typename Element::Stored*>(x) + first;
  auto* to = static_cast<typename Element::Stored*>(y) + first;
  const std::int64_t columns = std::min(kColumns, line.inner - column);
  const bool is_float = dtype == DType::f32 || dtype == DType::bf16;
  if (line.inner == 1) return sum_line<Element>(line, from, to);
  if (!is_float) return sum_columns<Element>(line, from, to, columns);
  sum_float_columns(line, loops, dtype, reinterpret_cast<const std::byte*>(from), reinterpret_cast<std::byte*>(to),
                    columns);
}

using SumPart = void (*)(const Line&, const Loops&, DType, const void*, void*, std::int64_t);

SumPart sum_part_of(DType dtype) {
  if (dtype == DType::bf16) return &sum_part<Bf16>;
  if (dtype == DType::i32) return &sum_part<Whole<std::uint32_t>>;
  return dtype == DType::i64 ? &sum_part<Whole<std::uint64_t>> : &sum_part<F32>;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_cumsum(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c)
    return refuse("cumsum keeps the layout, plain or nhwc.");
  if (shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  Line line{.settings = CumsumSettings::from(*request.attributes, shape.rank())};
  line.count = shape[line.settings.axis];
  line.inner = strides_of(shape, x.layout)[line.settings.axis];
  line.blocks = (line.inner + kColumns - 1) / kColumns;
  LoopSettings loop = loop_settings(request);
  loop.parts = shape.elements() / (line.count * line.inner) * line.blocks;
  return make_loop_kernel(
      std::move(loop), [line, dtype = x.type->dtype, run = sum_part_of(x.type->dtype), loops = &loops_for(request.isa)](
                           const Buffers& buffers, std::int64_t begin, std::int64_t end) {
        for (std::int64_t part = begin; part < end; ++part)
          run(line, *loops, dtype, buffers.inputs[0], buffers.outputs[0], part);
      });
}

}  // namespace rheo
