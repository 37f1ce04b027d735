// SPDX-License-Identifier: Apache-2.0
// A known row that every item of the batch gets: joined with what the model computes, as the class token of a
// transformer is, or where an op does not broadcast.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/try.h"
#include "load/import_emitter.h"

namespace rheo {
namespace {

// Elements along `axis` of all of them together.
std::int64_t length_of(const ImportEmitter& emitter, std::span<ImportValue* const> values, std::size_t axis) {
  std::int64_t length = 0;
  for (const ImportValue* value : values) length += emitter.type_of(*value).shape[axis];
  return length;
}

}  // namespace

std::optional<Tensor> ImportEmitter::row_of(const ImportValue& value) {
  if (value.ignores_batch()) return std::nullopt;
  const PerTrial<Tensor>& elements = value.elements();
  const auto [known, is_new] = rows_.try_emplace({elements[0].data(), elements[1].data()}, Row{elements, {}});
  if (is_new) known->second.row = value.row_of_all();
  return known->second.row;
}

// The known rows in the order of `inputs`, with zeros [1, ...] of `length` elements along `axis` for the computed ones.
Result<std::vector<ImportValue>> ImportEmitter::rows_of(std::span<ImportValue* const> inputs, std::size_t axis,
                                                        std::int64_t length, const ImportPlace& place) {
  std::vector<ImportValue> rows;
  std::optional<std::size_t> gap;
  for (const ImportValue* input : inputs) {
    if (input->is_known()) {
      rows.push_back(ImportValue::known(*row_of(*input)));
    } else if (!gap) {
      gap = rows.size();
    }
  }
  Shape shape = rows.front().only().shape();
  shape[axis] = length;
  RHEO_RETURN_IF_ERROR(book(rows.front().only().dtype(), shape, place));
  RHEO_ASSIGN_OR_RETURN(Tensor zeros, Tensor::zeros(rows.front().only().dtype(), shape));
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(*gap), ImportValue::known(std::move(zeros)));
  return rows;
}

// No op repeats a value for each item, because the batch is open. But room for the rows can be made by padding, and
// then adding broadcasts: concat(row, x) = pad(x, zeros in front) + concat(row, zeros).
ImportEmitter::Kept ImportEmitter::concat_rows(std::span<ImportValue* const> inputs, const Attributes& attributes,
                                               const ImportPlace& place) {
  const auto computed = [](const ImportValue* input) { return !input->is_known(); };
  const auto first = std::find_if(inputs.begin(), inputs.end(), computed);
  const auto end = std::find_if_not(first, inputs.end(), computed);
  const TensorType type = type_of(**first);
  std::int64_t axis = attributes.integer("axis");
  axis += axis < 0 ? static_cast<std::int64_t>(type.shape.rank()) : 0;
  const bool adds = type.dtype == DType::f32 || type.dtype == DType::i32 || type.dtype == DType::i64;
  const auto is_row_or_computed = [&](const ImportValue* input) { return computed(input) || row_of(*input); };
  if (axis <= 0 || !adds || std::any_of(end, inputs.end(), computed) ||
      std::all_of(inputs.begin(), inputs.end(), computed) ||
      !std::all_of(inputs.begin(), inputs.end(), is_row_or_computed)) {
    return std::optional<ImportValue>();
  }
  const auto along = static_cast<std::size_t>(axis);
  const std::span<ImportValue* const> middle(first, end);
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> rows, rows_of(inputs, along, length_of(*this, middle, along), place));
  ImportValue x = *middle[0];
  if (middle.size() > 1) {
    RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue> joined, add(OpKind::concat, middle, attributes, place));
    x = joined[0];
  }
  std::vector<std::int64_t> pads(2 * type.shape.rank());
  pads[along] = length_of(*this, {inputs.begin(), first}, along);
  pads[type.shape.rank() + along] = length_of(*this, {end, inputs.end()}, along);
  ImportValue* const one[] = {&x};
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> padded, add(OpKind::pad, one, {{"pads", pads}}, place));
  std::vector<ImportValue*> pointers;
  for (ImportValue& row : rows) pointers.push_back(&row);
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> all,
                        compute(OpKind::concat, pointers, {attributes, attributes}, place));
  ImportValue* const both[] = {padded.data(), all.data()};
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> sum, add(OpKind::add, both, {}, place));
  return std::optional(std::move(sum[0]));
}

// [1, ...] as [batch, ...]: the same row picked once for each item.
Result<ValueId> ImportEmitter::repeated(const Tensor& row, const ImportPlace& place) {
  if (batch_input_ == kNoValue) return mixes_batch(place, "reads a value that depends on the size of the batch");
  RHEO_ASSIGN_OR_RETURN(const ValueId zeros, batch_zeros());
  RHEO_ASSIGN_OR_RETURN(const ValueId constant, constant_id(row));
  return builder_.add_node(OpKind::gather, {constant, zeros}, {{"axis", 0}});
}

// A zero for each item of the batch, whatever the input holds: nothing is less than itself.
Result<ValueId> ImportEmitter::batch_zeros() {
  if (batch_zeros_ != kNoValue) return batch_zeros_;
  const TensorType type = builder_.type_of(batch_input_);
  ValueId one = batch_input_;  // element of each item
  for (std::size_t axis = 1; axis < type.shape.rank(); ++axis) {
    if (type.shape[axis] == 1) continue;
    const auto at = static_cast<std::int64_t>(axis);
    RHEO_ASSIGN_OR_RETURN(one, builder_.add_node(OpKind::slice, {one}, {{"axis", at}, {"start", 0}, {"end", 1}}));
  }
  if (type.shape.rank() > 1) {
    RHEO_ASSIGN_OR_RETURN(one, builder_.add_node(OpKind::reshape, {one}, {{"shape", std::vector<std::int64_t>{-1}}}));
  }
  if (type.dtype != DType::f32) {
    RHEO_ASSIGN_OR_RETURN(one, builder_.add_node(OpKind::cast, {one}, {{"dtype", "f32"}}));
  }
  RHEO_ASSIGN_OR_RETURN(one, builder_.add_node(OpKind::less, {one, one}));
  RHEO_ASSIGN_OR_RETURN(batch_zeros_, builder_.add_node(OpKind::cast, {one}, {{"dtype", "i64"}}));
  return batch_zeros_;
}

}  // namespace rheo
