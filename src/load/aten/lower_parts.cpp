// SPDX-License-Identifier: Apache-2.0
// Tensors put together, cut, repeated and padded.
#include <algorithm>
#include <limits>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"

namespace rheo::aten {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

Result<ImportValue> sliced(Call& call, ImportValue& x, std::size_t axis, std::int64_t start, std::int64_t end,
                           std::int64_t step = 1) {
  const std::int64_t size = call.shape_of(x)[axis];
  const bool is_whole =
      start == 0 && step == 1 && (end >= std::numeric_limits<std::int32_t>::max() || (size != kDynamic && end >= size));
  if (is_whole) return x;
  return call.emit(
      OpKind::slice, {&x},
      Attributes{{"axis", static_cast<std::int64_t>(axis)}, {"start", start}, {"end", end}, {"step", step}});
}

Result<ImportValue> without_dimension(Call& call, ImportValue& x, std::size_t axis) {
  const Shape shape = call.shape_of(x);
  Shape kept(shape.dims().first(axis));
  for (std::size_t i = axis + 1; i < shape.rank(); ++i) kept.push_back(shape[i]);
  return call.reshape(x, kept);
}

Result<ImportValue> joined(Call& call, std::span<ImportValue* const> parts, std::size_t axis) {
  return call.emit(OpKind::concat, parts, Attributes{{"axis", static_cast<std::int64_t>(axis)}});
}

// Tensors without elements and with one dimension count for nothing, as PyTorch has it.
Result<std::vector<ImportValue>> parts_of(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue*> given, call.values("tensors"));
  bool has_floats = false;
  std::vector<ImportValue> parts;
  for (ImportValue* value : given) {
    if (value == nullptr) return call.refuse("joins what is no tensor");
    if (call.shape_of(*value) == Shape{0} && given.size() > 1) continue;
    has_floats |= call.dtype_of(*value) == DType::f32;
    parts.push_back(*value);
  }
  if (parts.empty()) return call.refuse("joins nothing");
  for (ImportValue& part : parts) {
    RHEO_ASSIGN_OR_RETURN(part, call.cast(part, has_floats ? DType::f32 : call.dtype_of(parts[0])));
  }
  return parts;
}

// Parts of the sizes `sizes`, one output each.
Status answer_split(Call& call, ImportValue& x, std::size_t axis, const std::vector<std::int64_t>& sizes) {
  const std::int64_t whole = call.shape_of(x)[axis];
  if (whole == kDynamic) return call.mixes_batch("splits the batch");
  if (sizes.size() != call.node().outputs.size()) return call.refuse("has another number of outputs than of parts");
  std::int64_t start = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0 || sizes[i] > whole - start) return call.refuse("splits into more than there is");
    if (call.is_wanted(i)) {
      RHEO_ASSIGN_OR_RETURN(ImportValue part, sliced(call, x, axis, start, start + sizes[i]));
      call.answer(std::move(part), i);
    }
    start += sizes[i];
  }
  return {};
}

// `whole` cut into parts of `each`, the last one smaller.
std::vector<std::int64_t> equal_parts(std::int64_t whole, std::int64_t each) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t start = 0; start < whole; start += each) sizes.push_back(std::min(each, whole - start));
  return sizes;
}

}  // namespace

Status lower_cat(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> parts, parts_of(call));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(parts[0]).rank()));
  if (parts.size() == 1) return call.answer_result(parts[0]);
  std::vector<ImportValue*> pointers;
  for (ImportValue& part : parts) pointers.push_back(&part);
  return call.answer_result(joined(call, pointers, axis));
}

Status lower_stack(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> parts, parts_of(call));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(parts[0]).rank() + 1));
  std::vector<ImportValue*> pointers;
  for (ImportValue& part : parts) {
    RHEO_ASSIGN_OR_RETURN(part, with_dimension(call, part, "dim"));
    pointers.push_back(&part);
  }
  return call.answer_result(joined(call, pointers, axis));
}

Status lower_slice(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", call.shape_of(*x).rank()));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t step, call.integer("step"));
  std::int64_t start = 0;
  if (call.has("start")) {
    RHEO_ASSIGN_OR_RETURN(start, call.integer("start"));
  }
  std::int64_t end = kToTheEnd;
  if (call.has("end")) {
    RHEO_ASSIGN_OR_RETURN(const Sizes ends, call.sizes("end"));
    // "x[:batch]" of something with that batch is all of it.
    const bool is_batch = ends[0].size() == 1 && ends[1].size() == 1 && ends[0][0] == kTrialBatches[0] &&
                          ends[1][0] == kTrialBatches[1] && call.shape_of(*x)[axis] == kDynamic;
    if (!is_batch) {
      RHEO_ASSIGN_OR_RETURN(end, call.integer("end"));
    }
  }
  return call.answer_result(sliced(call, *x, axis, start, end, step));
}

Status lower_select(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(std::int64_t index, call.integer("index"));
  if (shape[axis] == kDynamic) return call.mixes_batch("takes one item of the batch");
  if (index < -shape[axis] || index >= shape[axis]) return call.refuse("takes an element that is not there");
  index += index < 0 ? shape[axis] : 0;
  RHEO_ASSIGN_OR_RETURN(ImportValue part, sliced(call, *x, axis, index, index + 1));
  return call.answer_result(without_dimension(call, part, axis));
}

Status lower_narrow(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(std::int64_t start, call.integer("start"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t length, call.integer("length"));
  if (shape[axis] == kDynamic) return call.mixes_batch("takes a part of the batch");
  if (start < 0) start += shape[axis];
  if (start < 0 || length < 0 || start > shape[axis] || length > shape[axis] - start) {
    return call.refuse("takes a part that is not there");
  }
  return call.answer_result(sliced(call, *x, axis, start, start + length));
}

Status lower_split(Call& call) {
  const std::string_view name = call.op().ends_with("with_sizes") ? "split_sizes" : "split_size";
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> sizes, call.integers(name));
  if (!call.node().target.ends_with("Tensor")) return answer_split(call, *x, axis, sizes);
  if (shape[axis] == kDynamic) return call.mixes_batch("splits the batch");
  const auto most = static_cast<std::int64_t>(call.node().outputs.size());
  if (sizes.size() != 1 || sizes[0] < 1 || shape[axis] / sizes[0] > most) return call.refuse("splits into no parts");
  return answer_split(call, *x, axis, equal_parts(shape[axis], sizes[0]));
}

// Into so many parts of one size, of which there may be fewer.
Status lower_chunk(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t chunks, call.integer("chunks"));
  if (shape[axis] == kDynamic) return call.mixes_batch("splits the batch");
  if (chunks < 1 || shape[axis] < 1) return call.refuse("splits into no parts");
  const std::int64_t each = std::max<std::int64_t>(1, shape[axis] / chunks + (shape[axis] % chunks != 0 ? 1 : 0));
  if (shape[axis] / each > static_cast<std::int64_t>(call.node().outputs.size())) {
    return call.refuse("has another number of outputs than of parts");
  }
  return answer_split(call, *x, axis, equal_parts(shape[axis], each));
}

Status lower_unbind(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  const auto count = static_cast<std::int64_t>(call.node().outputs.size());
  if (shape[axis] == kDynamic) return call.mixes_batch("takes the batch apart");
  if (shape[axis] != count) return call.refuse("has another number of outputs than of parts");
  for (std::int64_t i = 0; i < count; ++i) {
    if (!call.is_wanted(static_cast<std::size_t>(i))) continue;
    RHEO_ASSIGN_OR_RETURN(ImportValue part, sliced(call, *x, axis, i, i + 1));
    RHEO_ASSIGN_OR_RETURN(part, without_dimension(call, part, axis));
    call.answer(std::move(part), static_cast<std::size_t>(i));
  }
  return {};
}

// What leaves behind comes in before.
Status lower_roll(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  ImportValue x = *given;
  const Shape shape = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> shifts, call.integers("shifts"));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes, call.integers("dims"));
  if (axes.size() != shifts.size()) return call.refuse("rolls the tensor as if it had one dimension");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(axes[i], shape.rank()));
    if (shape[axis] == kDynamic) return call.mixes_batch("rolls the batch");
    if (shape[axis] == 0) continue;
    const std::int64_t shift = (shifts[i] % shape[axis] + shape[axis]) % shape[axis];
    if (shift == 0) continue;
    RHEO_ASSIGN_OR_RETURN(ImportValue behind, sliced(call, x, axis, shape[axis] - shift, shape[axis]));
    RHEO_ASSIGN_OR_RETURN(ImportValue before, sliced(call, x, axis, 0, shape[axis] - shift));
    ImportValue* const both[] = {&behind, &before};
    RHEO_ASSIGN_OR_RETURN(x, joined(call, both, axis));
  }
  return call.answer_result(std::move(x));
}

Status lower_flip(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  ImportValue x = *given;
  const Shape shape = call.shape_of(x);
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> axes, call.integers("dims"));
  for (const std::int64_t named : axes) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(named, shape.rank()));
    if (shape[axis] == kDynamic) return call.mixes_batch("turns the batch around");
    RHEO_ASSIGN_OR_RETURN(x, sliced(call, x, axis, -1, std::numeric_limits<std::int64_t>::min() + 1, -1));
  }
  return call.answer_result(std::move(x));
}

// Repeats may speak of more dimensions than there are: those come before, with one element.
Status lower_repeat(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  ImportValue x = *given;
  RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> repeats, call.integers(call.op() == "tile" ? "dims" : "repeats"));
  const Shape shape = call.shape_of(x);
  if (repeats.size() < shape.rank()) {
    if (call.op() == "repeat") return call.refuse("repeats fewer dimensions than it has");
    repeats.insert(repeats.begin(), shape.rank() - repeats.size(), 1);
  }
  if (repeats.size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  if (std::all_of(repeats.begin(), repeats.end(), [](std::int64_t times) { return times == 1; }) &&
      repeats.size() == shape.rank()) {
    return call.answer_result(std::move(x));
  }
  if (repeats.size() > shape.rank()) {
    Shape longer;
    for (std::size_t i = shape.rank(); i < repeats.size(); ++i) longer.push_back(1);
    for (const std::int64_t dimension : shape.dims()) longer.push_back(dimension);
    RHEO_ASSIGN_OR_RETURN(x, call.reshape(x, longer));
  }
  return call.answer_with(OpKind::tile, {&x}, {{"repeats", repeats}});
}

// Each element so many times in a row.
Status lower_repeat_interleave(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  if (!call.has("dim") || shape.rank() >= Shape::kMaxRank) return call.refuse("repeats along no dimension");
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t times, call.integer("repeats"));
  if (shape[axis] == kDynamic) return call.mixes_batch("repeats items of the batch");
  if (times < 0 || times > std::numeric_limits<std::int32_t>::max()) return call.refuse("repeats what cannot be");
  Shape apart(shape.dims().first(axis + 1));
  apart.push_back(1);
  Shape result = shape;
  result[axis] = shape[axis] * times;
  std::vector<std::int64_t> repeats(axis + 1, 1);
  repeats.push_back(times);
  for (std::size_t i = axis + 1; i < shape.rank(); ++i) {
    apart.push_back(shape[i]);
    repeats.push_back(1);
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.reshape(*x, apart));
  RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::tile, {&y}, Attributes{{"repeats", repeats}}));
  return call.answer_result(call.reshape(y, result));
}

// Two pads per dimension, the last dimension first.
Status lower_pad(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const std::size_t rank = call.shape_of(*x).rank();
  const bool is_general = call.op() == "pad";
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> given,
                        call.integers(is_general || call.op() == "constant_pad_nd" ? "pad" : "padding"));
  std::string_view mode = call.op().starts_with("reflection")    ? "reflect"
                          : call.op().starts_with("replication") ? "replicate"
                                                                 : "constant";
  if (is_general) {
    RHEO_ASSIGN_OR_RETURN(mode, call.text("mode"));
  }
  double value = 0;
  if (call.has("value")) {
    RHEO_ASSIGN_OR_RETURN(value, call.real("value"));
  }
  if (given.size() % 2 != 0 || given.size() / 2 > rank) return call.refuse("does not say two pads per dimension");
  std::vector<std::int64_t> pads(2 * rank, 0);
  for (std::size_t i = 0; i < given.size() / 2; ++i) {
    pads[rank - 1 - i] = given[2 * i];
    pads[2 * rank - 1 - i] = given[2 * i + 1];
  }
  if (std::all_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad == 0; })) {
    return call.answer_result(*x);
  }
  if (mode == "replicate") mode = "edge";
  if (mode == "circular") mode = "wrap";
  return call.answer_with(OpKind::pad, {x}, {{"pads", pads}, {"mode", std::string(mode)}, {"value", value}});
}

Status lower_pixel_shuffle(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t factor, call.integer("upscale_factor"));
  return call.answer_with(OpKind::depth_to_space, {x}, {{"block", factor}, {"mode", "crd"}});
}

// The squares of factor x factor become channels, those of one channel beside each other.
Status lower_pixel_unshuffle(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t factor, call.integer("downscale_factor"));
  const Shape shape = call.shape_of(*x);
  const bool fits = shape.rank() == 4 && factor >= 1 && factor < (std::int64_t{1} << 16) && shape[2] % factor == 0 &&
                    shape[3] % factor == 0;
  if (!fits) return call.refuse("takes squares that do not fill the picture");
  const Shape apart = {shape[0], shape[1], shape[2] / factor, factor, shape[3] / factor, factor};
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.reshape(*x, apart));
  RHEO_ASSIGN_OR_RETURN(y, call.transpose(y, {0, 1, 3, 5, 2, 4}));
  return call.answer_result(
      call.reshape(y, {shape[0], shape[1] * factor * factor, shape[2] / factor, shape[3] / factor}));
}

// Channels of different groups come to lie beside each other.
Status lower_channel_shuffle(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t groups, call.integer("groups"));
  const Shape shape = call.shape_of(*x);
  if (shape.rank() != 4 || groups < 1 || shape[1] % groups != 0) return call.refuse("has groups of unlike size");
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.reshape(*x, {shape[0], groups, shape[1] / groups, shape[2], shape[3]}));
  RHEO_ASSIGN_OR_RETURN(y, call.transpose(y, {0, 2, 1, 3, 4}));
  return call.answer_result(call.reshape(y, shape));
}

}  // namespace rheo::aten
