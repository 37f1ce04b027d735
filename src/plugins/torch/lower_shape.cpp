// SPDX-License-Identifier: Apache-2.0
// What moves elements or only renames them. The first dimension of a value with an open batch stays the batch.
// Tested by tests/golden/torch_import_test.cpp.
#include <numeric>

#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

// Elements of one item: all dimensions but the first.
std::int64_t item_elements(const std::int64_t* dims, std::size_t rank) {
  return std::accumulate(dims + 1, dims + rank, std::int64_t{1}, std::multiplies<>());
}

// "shape" of reshape: 0 copies the batch, -1 is inferred.
void reshape(Call& call, ValueId x, std::vector<std::int64_t> shape) {
  const RheoType type = call.type_of(x);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == kBatchSize && axis > 0) call.refuse("that moves the batch from the first dimension");
  }
  if (shape.empty() || type.rank == 0) call.refuse("to or from a scalar");
  const bool keeps_items =
      shape[0] == -1 && item_elements(shape.data(), shape.size()) == item_elements(type.dims, type.rank);
  if (shape[0] == kBatchSize || keeps_items) shape[0] = 0;
  call.answer(call.emit("reshape", {x}, Settings().integers("shape", std::move(shape))));
}

// The shape of `type` with its batch as a symbol.
std::vector<std::int64_t> shape_of(const RheoType& type) {
  std::vector<std::int64_t> shape(type.dims, type.dims + type.rank);
  if (!shape.empty() && shape[0] == -1) shape[0] = kBatchSize;
  return shape;
}

void transpose(Call& call, std::vector<std::int64_t> permutation) {
  call.answer(call.emit("transpose", {call.value(0)}, Settings().integers("permutation", std::move(permutation))));
}

std::vector<std::int64_t> in_order(std::uint32_t rank) {
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

// A position within `size`, counted from the front and cut to what is there.
std::int64_t place_in(std::int64_t place, std::int64_t size) {
  return std::clamp<std::int64_t>(place < 0 ? place + size : place, 0, size);
}

ValueId slice(Call& call, std::size_t axis, std::int64_t start, std::int64_t end, std::int64_t step) {
  return call.emit("slice", {call.value(0)},
                   Settings()
                       .integer("axis", static_cast<std::int64_t>(axis))
                       .integer("start", start)
                       .integer("end", end)
                       .integer("step", step));
}

}  // namespace

void lower_identity(Call& call) { call.answer_like(0); }

// x, share, training
void lower_dropout(Call& call) {
  if (call.truth(2)) call.refuse("that is still training");
  call.answer_like(0);
}

namespace {

struct CastTarget {
  at::ScalarType torch;
  std::uint32_t dtype;
  const char* name;
};

// All floats are f32 here: 64 bits are more than an answer needs, and 16 bits are how a model was stored.
constexpr CastTarget kCastTargets[] = {
    {at::kFloat, RHEO_F32, "f32"},    {at::kDouble, RHEO_F32, "f32"}, {at::kHalf, RHEO_F32, "f32"},
    {at::kBFloat16, RHEO_F32, "f32"}, {at::kChar, RHEO_I8, "i8"},     {at::kByte, RHEO_U8, "u8"},
    {at::kInt, RHEO_I32, "i32"},      {at::kLong, RHEO_I64, "i64"},   {at::kBool, RHEO_BOOL, "bool"},
};

void lower_cast(Call& call, std::int64_t type) {
  for (const CastTarget& target : kCastTargets) {
    if (static_cast<std::int64_t>(target.torch) != type) continue;
    if (call.type(0).dtype == target.dtype) return call.answer_like(0);
    return call.answer(call.emit("cast", {call.value(0)}, Settings().text("dtype", target.name)));
  }
  call.refuse("another element type");
}

}  // namespace

// x, dtype or device or other, dtype?, ...: the element type stands first, or after the device.
void lower_to(Call& call) {
  if (call.is_tensor(1)) call.refuse("the type of another tensor");
  for (std::size_t index = 1; index < std::min<std::size_t>(call.arguments(), 3); ++index) {
    if (call.is_whole_number(index)) return lower_cast(call, call.integer(index));
  }
  call.answer_like(0);
}

// tensors, axis
void lower_cat(Call& call) {
  const std::vector<ValueId> parts = call.values(0);
  if (parts.empty()) call.refuse("of nothing");
  const auto axis = static_cast<std::int64_t>(call.axis(1, call.type_of(parts[0]).rank));
  call.answer(call.emit("concat", parts, Settings().integer("axis", axis)));
}

// x, axis, start?, end?, step
void lower_slice(Call& call) {
  const RheoType type = call.type(0);
  const std::size_t axis = call.axis(1, type.rank);
  const std::int64_t start = call.is_none(2) ? 0 : call.integer(2);
  const std::int64_t end = call.is_none(3) ? INT64_MAX : call.integer(3);
  const std::int64_t step = call.integer(4);
  const std::int64_t size = type.dims[axis];
  const bool is_whole = start == 0 && step == 1 && (end == INT64_MAX || (size > 0 && end >= size));
  if (is_whole) return call.answer_like(0);
  if (size < 0) call.refuse("of the batch");
  call.answer(slice(call, axis, place_in(start, size), place_in(end, size), step));
}

// x, axis, index
void lower_select(Call& call) {
  const RheoType type = call.type(0);
  const std::size_t axis = call.axis(1, type.rank);
  if (axis == 0) call.refuse("of the batch");
  const std::int64_t index = call.integer(2) + (call.integer(2) < 0 ? type.dims[axis] : 0);
  std::vector<std::int64_t> shape = shape_of(type);
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  reshape(call, slice(call, axis, index, index + 1, 1), std::move(shape));
}

// x, start, end
void lower_flatten(Call& call) {
  const std::uint32_t rank = call.type(0).rank;
  const auto start = static_cast<std::int64_t>(call.axis(1, rank));
  const auto end = static_cast<std::int64_t>(call.axis(2, rank));
  if (start == end) return call.answer_like(0);
  call.answer(call.emit("flatten", {call.value(0)}, Settings().integer("start", start).integer("end", end)));
}

// x, shape
void lower_reshape(Call& call) {
  if (!call.is_integer_list(1)) call.refuse("to another element type, or a shape made at run time");
  reshape(call, call.value(0), call.integers(1));
}

// x, axis
void lower_squeeze(Call& call) {
  const RheoType type = call.type(0);
  const std::size_t axis = call.axis(1, type.rank);
  if (type.dims[axis] != 1) return call.answer_like(0);
  std::vector<std::int64_t> shape = shape_of(type);
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  reshape(call, call.value(0), std::move(shape));
}

// x, axis
void lower_unsqueeze(Call& call) {
  const RheoType type = call.type(0);
  std::vector<std::int64_t> shape = shape_of(type);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(call.axis(1, type.rank + 1)), 1);
  reshape(call, call.value(0), std::move(shape));
}

// x, axis, axis
void lower_transpose(Call& call) {
  const std::uint32_t rank = call.type(0).rank;
  std::vector<std::int64_t> permutation = in_order(rank);
  std::swap(permutation[call.axis(1, rank)], permutation[call.axis(2, rank)]);
  transpose(call, std::move(permutation));
}

// x, axes
void lower_permute(Call& call) {
  const std::uint32_t rank = call.type(0).rank;
  std::vector<std::int64_t> permutation = call.integers(1);
  for (std::int64_t& axis : permutation) axis += axis < 0 ? rank : 0;
  transpose(call, std::move(permutation));
}

void lower_t(Call& call) {
  if (call.type(0).rank != 2) call.refuse("of something else than a matrix");
  transpose(call, {1, 0});
}

}  // namespace rheo::torch_import
