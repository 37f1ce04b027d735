// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_mapped_test.cpp.
#include "kernels/cpu/axis_maps.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/try.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// A table of where a dimension's elements come from must fit memory easily.
constexpr std::int64_t kLongestMap = std::int64_t{1} << 28;
constexpr std::int64_t kFixed = -1;

// One dimension in the order of memory, neighbours that keep their indices joined.
struct Axis {
  std::int64_t size = 1;              // of the result
  std::int64_t stride = 1;            // of x, in elements
  std::vector<std::int64_t> offsets;  // by index of the result, in elements of x or kFixed; empty: index * stride
  std::int64_t offset(std::int64_t index) const {
    return offsets.empty() ? index * stride : offsets[static_cast<std::size_t>(index)];
  }
};

// A run along the last mapped dimension: step 1 is a copy, 0 repeats one element.
struct Segment {
  std::int64_t first = 0, count = 0;  // of the result
  std::int64_t source = 0, step = 0;  // in units of x; source kFixed: the fixed value
};

struct MappedMove {
  std::vector<Axis> outer;
  Axis row;                       // its offsets are in units
  std::vector<Segment> segments;  // of the row; empty: its offsets are followed one by one
  std::int64_t unit = 1;          // elements that stay together behind the row
  std::size_t element_bytes = 1;
  std::array<std::byte, 8> fixed{};

  std::int64_t rows() const {
    std::int64_t count = 1;
    for (const Axis& axis : outer) count *= axis.size;
    return count;
  }
  std::int64_t row_elements() const { return row.size * unit; }
};

template <typename T>
void fill(const MappedMove& move, T* to, std::int64_t elements) {
  T value;
  std::memcpy(&value, move.fixed.data(), sizeof(T));
  std::fill_n(to, elements, value);
}

template <typename T>
void copy_segment(const MappedMove& move, const Segment& segment, const T* x, T* y) {
  T* to = y + segment.first * move.unit;
  if (segment.source == kFixed) return fill(move, to, segment.count * move.unit);
  const T* from = x + segment.source * move.unit;
  if (segment.step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(segment.count * move.unit) * sizeof(T));
  } else if (move.unit > 1) {
    for (std::int64_t i = 0; i < segment.count; ++i)
      std::memcpy(to + i * move.unit, from + i * segment.step * move.unit,
                  static_cast<std::size_t>(move.unit) * sizeof(T));
  } else if (segment.step == 0) {
    std::fill_n(to, segment.count, *from);
  } else {
    for (std::int64_t i = 0; i < segment.count; ++i) to[i] = from[i * segment.step];
  }
}

template <typename T>
void copy_row(const MappedMove& move, const T* x, T* y) {
  for (const Segment& segment : move.segments) copy_segment(move, segment, x, y);
  if (!move.segments.empty()) return;
  const std::int64_t* offsets = move.row.offsets.data();
  for (std::int64_t i = 0; i < move.row.size; ++i) y[i] = x[offsets[i]];
}

// Where the row at `index` begins in x; kFixed when it shows the fixed value only.
std::int64_t row_offset(const MappedMove& move, const std::array<std::int64_t, Shape::kMaxRank>& index) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < move.outer.size(); ++axis) {
    const std::int64_t part = move.outer[axis].offset(index[axis]);
    if (part == kFixed) return kFixed;
    offset += part;
  }
  return offset;
}

template <typename T>
void copy_rows(const MappedMove& move, const Buffers& buffers, std::int64_t begin, std::int64_t end) {
  const T* x = static_cast<const T*>(buffers.inputs[0]);
  T* y = static_cast<T*>(buffers.outputs[0]) + begin * move.row_elements();
  std::array<std::int64_t, Shape::kMaxRank> index{};
  std::int64_t rest = begin;
  for (std::size_t axis = move.outer.size(); axis-- > 0;) {
    index[axis] = rest % move.outer[axis].size;
    rest /= move.outer[axis].size;
  }
  std::int64_t last = kFixed;
  for (std::int64_t row = begin; row < end; ++row, y += move.row_elements()) {
    const std::int64_t offset = row_offset(move, index);
    if (offset == kFixed) {
      fill(move, y, move.row_elements());
    } else if (row > begin && offset == last) {
      // The row before is still in the cache, and whole.
      std::memcpy(y, y - move.row_elements(), static_cast<std::size_t>(move.row_elements()) * sizeof(T));
    } else {
      copy_row(move, x + offset, y);
    }
    last = offset;
    for (std::size_t axis = move.outer.size(); axis-- > 0;) {
      if (++index[axis] < move.outer[axis].size) break;
      index[axis] = 0;
    }
  }
}

// Runs of constant step. Where they are too short to be worth it, and nothing is fixed, none.
std::vector<Segment> segments_of(const Axis& row, std::int64_t unit) {
  std::vector<Segment> segments;
  bool has_fixed = false;
  for (std::int64_t i = 0; i < row.size; ++i) {
    const std::int64_t source = row.offset(i);
    has_fixed = has_fixed || source == kFixed;
    Segment* last = segments.empty() ? nullptr : &segments.back();
    const bool both_fixed = last != nullptr && last->source == kFixed && source == kFixed;
    const bool neither = last != nullptr && last->source != kFixed && source != kFixed;
    const std::int64_t step = neither ? source - (last->source + (last->count - 1) * last->step) : 0;
    if (both_fixed || (neither && (last->count == 1 || step == last->step))) {
      if (last->count == 1) last->step = step;
      ++last->count;
    } else {
      segments.push_back({.first = i, .count = 1, .source = source, .step = 1});
    }
  }
  const bool are_short = static_cast<std::int64_t>(segments.size()) * 4 > row.size;
  if (unit == 1 && are_short && !has_fixed) segments.clear();
  return segments;
}

bool keeps_indices(const ShownIndex& shown, std::size_t dim, std::int64_t from, std::int64_t to) {
  if (from != to) return false;
  for (std::int64_t i = 0; i < std::min(to, kLongestMap); ++i) {
    if (shown(dim, i) != i) return false;
  }
  return true;
}

// The dimensions that are mapped, and those between them, outermost first; what keeps its indices behind the last one
// goes into `unit`.
Result<std::vector<Axis>> axes_of(const Shape& x, const Shape& y, Layout layout, const ShownIndex& shown,
                                  std::int64_t& unit) {
  constexpr std::array<std::size_t, Shape::kMaxRank> kPlain = {0, 1, 2, 3, 4, 5, 6, 7};
  constexpr std::array<std::size_t, Shape::kMaxRank> kNhwc = {0, 2, 3, 1};
  const auto& order = layout == Layout::nhwc ? kNhwc : kPlain;
  std::vector<Axis> axes;
  std::int64_t stride = 1;
  bool joins = true;  // the dimension behind keeps its indices
  for (std::size_t i = x.rank(); i-- > 0;) {
    const std::size_t dim = order[i];
    const bool keeps = keeps_indices(shown, dim, x[dim], y[dim]);
    if (keeps && axes.empty()) {
      unit *= x[dim];
    } else if (keeps && joins) {
      axes.front().size *= x[dim];
    } else {
      Axis axis{.size = y[dim], .stride = stride, .offsets = {}};
      if (!keeps && y[dim] > kLongestMap) return refuse("A dimension is too long for a table of its indices.");
      for (std::int64_t index = 0; !keeps && index < y[dim]; ++index) {
        const std::int64_t source = shown(dim, index);
        axis.offsets.push_back(source < 0 ? kFixed : source * stride);
      }
      axes.insert(axes.begin(), std::move(axis));
    }
    joins = keeps;
    stride *= x[dim];
  }
  return axes;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_mapped_kernel(const KernelRequest& request, const Shape& x,
                                                   const ShownIndex& shown, const std::array<std::byte, 8>& fixed) {
  const Operand& from = request.inputs[0];
  const Operand& to = request.outputs[0];
  const Shape& y = to.type->shape;
  if (from.layout != to.layout || to.layout == Layout::nchw16c || (x.rank() != 4 && to.layout != Layout::plain))
    return refuse("This keeps the layout, plain or nhwc.");
  if (y.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  MappedMove move{.outer = {}, .row = {}, .segments = {}, .fixed = fixed};
  move.element_bytes = size_bytes(to.type->dtype);
  RHEO_ASSIGN_OR_RETURN(move.outer, axes_of(x, y, to.layout, shown, move.unit));
  if (!move.outer.empty()) {
    move.row = std::move(move.outer.back());
    move.outer.pop_back();
    // In units; an empty table means that the row keeps its indices.
    for (std::int64_t& offset : move.row.offsets) offset = offset == kFixed ? kFixed : offset / move.unit;
    move.row.stride = 1;
  }
  move.segments = segments_of(move.row, move.unit);
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = move.rows();
  auto copy = &copy_rows<std::uint64_t>;
  if (move.element_bytes == 1) copy = &copy_rows<std::uint8_t>;
  if (move.element_bytes == 2) copy = &copy_rows<std::uint16_t>;
  if (move.element_bytes == 4) copy = &copy_rows<std::uint32_t>;
  return make_loop_kernel(std::move(loop),
                          [move = std::move(move), copy](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            copy(move, buffers, begin, end);
                          });
}

}  // namespace rheo
