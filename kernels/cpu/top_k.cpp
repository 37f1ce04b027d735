// SPDX-License-Identifier: Apache-2.0
// top_k: the k largest (smallest) elements along one axis in order, a NaN before all, of equal ones the lower index
// first, and their indices. f32, bf16, i8, u8, i32, i64; plain; on one thread.
// A heap holds the best k so far. Whole blocks of floats none of which beats the worst of them are passed over.
// Tested by tests/agree/kernels_reductions_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"
#include "op/ordering.h"

namespace rheo {
namespace {

constexpr std::int64_t kBlock = 128;

struct Selection {
  DType dtype = DType::f32;
  TopKSettings settings;
  std::int64_t outer = 1, count = 0, inner = 1;  // x is [outer, count, inner]
  const Loops* loops = nullptr;
};

template <typename T>
struct Candidate {
  T value;
  std::int64_t index;
};

template <typename T>
bool comes_before(const T& a, const T& b, bool is_largest) {
  if (a != a || b != b) return a != a && b == b;
  return is_largest ? a > b : a < b;
}

// The order of the result: the value decides, then the lower index.
template <typename T>
struct Order {
  bool is_largest;
  bool operator()(const Candidate<T>& a, const Candidate<T>& b) const {
    if (comes_before(a.value, b.value, is_largest)) return true;
    return !comes_before(b.value, a.value, is_largest) && a.index < b.index;
  }
};

// True when some element of the block comes before `worst`. Only floats are asked in blocks.
template <typename T>
bool may_hold_better(const Selection& selection, const T* block, std::int64_t count, const T& worst) {
  if constexpr (std::is_same_v<T, float>) {
    const bool is_largest = selection.settings.is_largest;
    float extreme = is_largest ? -__builtin_inff() : __builtin_inff();
    ReduceCall call{.how = is_largest ? Reduction::max : Reduction::min, .in = block, .rows = 1, .columns = count};
    call.totals = &extreme;
    selection.loops->reduce_rows(call);
    return comes_before(extreme, worst, is_largest);
  } else {
    return true;
  }
}

// The best k of `line` in order, in `heap`, which has room for k.
template <typename T>
void select(const Selection& selection, const T* line, Candidate<T>* heap) {
  const std::int64_t k = selection.settings.k;
  const Order<T> order{selection.settings.is_largest};
  for (std::int64_t i = 0; i < k; ++i) heap[i] = {line[i], i};
  std::make_heap(heap, heap + k, order);
  for (std::int64_t first = k; first < selection.count; first += kBlock) {
    const std::int64_t end = std::min(first + kBlock, selection.count);
    if (!may_hold_better(selection, line + first, end - first, heap[0].value)) continue;
    for (std::int64_t i = first; i < end; ++i) {
      // Of equal values the one in the heap has the lower index.
      if (!comes_before(line[i], heap[0].value, order.is_largest)) continue;
      std::pop_heap(heap, heap + k, order);
      heap[k - 1] = {line[i], i};
      std::push_heap(heap, heap + k, order);
    }
  }
  std::sort_heap(heap, heap + k, order);
}

// The elements of one line as T, dense: floats for everything up to 16 bits and f32, else the integers themselves.
template <typename T>
const T* dense_line(const Selection& s, const std::byte* first, T* room) {
  if constexpr (std::is_same_v<T, float>) {
    if (s.dtype == DType::f32 && s.inner == 1) return reinterpret_cast<const float*>(first);
    s.loops->convert_rows(first, s.dtype, s.inner, room, DType::f32, 1, 1.0F, s.count, 1);
  } else {
    const T* from = reinterpret_cast<const T*>(first);
    if (s.inner == 1) return from;
    for (std::int64_t i = 0; i < s.count; ++i) room[i] = from[i * s.inner];
  }
  return room;
}

template <typename T, typename Stored>
void select_all(const Selection& s, const Buffers& buffers) {
  const std::byte* x = static_cast<const std::byte*>(buffers.inputs[0]);
  auto* heap = static_cast<Candidate<T>*>(buffers.scratch);
  T* room = reinterpret_cast<T*>(heap + s.settings.k);
  auto* indices = static_cast<std::int64_t*>(buffers.outputs[1]);
  auto* values = static_cast<Stored*>(buffers.outputs[0]);
  const auto bytes = static_cast<std::int64_t>(sizeof(Stored));
  for (std::int64_t outer = 0; outer < s.outer; ++outer) {
    for (std::int64_t inner = 0; inner < s.inner; ++inner) {
      const std::byte* first = x + (outer * s.count * s.inner + inner) * bytes;
      select(s, dense_line(s, first, room), heap);
      const std::int64_t to = outer * s.settings.k * s.inner + inner;
      for (std::int64_t i = 0; i < s.settings.k; ++i) {
        indices[to + i * s.inner] = heap[i].index;
        values[to + i * s.inner] = reinterpret_cast<const Stored*>(first)[heap[i].index * s.inner];
      }
    }
  }
}

using SelectAll = void (*)(const Selection&, const Buffers&);

SelectAll select_all_of(DType dtype) {
  switch (dtype) {
    case DType::i32: return &select_all<std::int32_t, std::int32_t>;
    case DType::i64: return &select_all<std::int64_t, std::int64_t>;
    case DType::bf16: return &select_all<float, std::uint16_t>;
    case DType::f32: return &select_all<float, std::uint32_t>;
    default: return &select_all<float, std::uint8_t>;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_top_k(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  if (x.layout != Layout::plain || request.outputs[0].layout != Layout::plain ||
      request.outputs[1].layout != Layout::plain)
    return refuse("top_k works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  const Shape& shape = x.type->shape;
  Selection selection{.dtype = x.type->dtype, .settings = TopKSettings::from(*request.attributes, shape.rank())};
  selection.count = shape[selection.settings.axis];
  selection.inner = strides_of(shape, Layout::plain)[selection.settings.axis];
  selection.outer = shape.elements() / (selection.count * selection.inner);
  selection.loops = &loops_for(request.isa);
  const auto heap = static_cast<std::size_t>(selection.settings.k) * sizeof(Candidate<std::int64_t>);
  const auto line = static_cast<std::size_t>(selection.count) * sizeof(std::int64_t);
  return make_loop_kernel({.implementation = loops_name(request.isa), .scratch_bytes = heap + line},
                          [selection, run = select_all_of(x.type->dtype)](const Buffers& buffers, std::int64_t,
                                                                          std::int64_t) { run(selection, buffers); });
}

}  // namespace rheo
