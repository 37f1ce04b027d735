// SPDX-License-Identifier: Apache-2.0
#include "load/import_einsum.h"

#include <algorithm>
#include <string>

#include "base/try.h"
#include "load/einsum.h"

namespace rheo {
namespace {

// A value with a letter for each of its dimensions.
struct Operand {
  ImportValue value;
  std::string letters;
};

bool has(std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; }

Result<Operand> reordered(ImportCall& call, Operand operand, std::string_view letters) {
  std::vector<std::int64_t> permutation;
  for (const char letter : letters) permutation.push_back(static_cast<std::int64_t>(operand.letters.find(letter)));
  RHEO_ASSIGN_OR_RETURN(operand.value, call.transpose(operand.value, std::move(permutation)));
  operand.letters = letters;
  return operand;
}

Shape shape_of(ImportCall& call, const Operand& operand) { return call.shape_of(operand.value); }

// "ii" becomes "i": the diagonal of the two dimensions, which are brought behind the others and joined; its elements
// lie size + 1 apart.
Result<Operand> with_diagonals(ImportCall& call, Operand operand) {
  for (std::size_t first = 0; first < operand.letters.size(); ++first) {
    const char letter = operand.letters[first];
    const std::size_t second = operand.letters.find(letter, first + 1);
    if (second == std::string::npos) continue;
    const Shape shape = shape_of(call, operand);
    if (shape[first] == kDynamic || shape[first] != shape[second])
      return call.refuse("takes the diagonal of no square");
    std::vector<std::int64_t> permutation;
    Shape joined;
    std::string letters;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (axis == first || axis == second) continue;
      permutation.push_back(static_cast<std::int64_t>(axis));
      joined.push_back(shape[axis]);
      letters += operand.letters[axis];
    }
    permutation.push_back(static_cast<std::int64_t>(first));
    permutation.push_back(static_cast<std::int64_t>(second));
    joined.push_back(shape[first] * shape[first]);
    RHEO_ASSIGN_OR_RETURN(operand.value, call.transpose(operand.value, std::move(permutation)));
    RHEO_ASSIGN_OR_RETURN(operand.value, call.reshape(operand.value, joined));
    RHEO_ASSIGN_OR_RETURN(operand.value,
                          call.emit(OpKind::slice, {&operand.value}, {{"axis", -1}, {"step", shape[first] + 1}}));
    operand.letters = letters + letter;
    first = static_cast<std::size_t>(-1);  // from the start: a letter may be there three times
  }
  return operand;
}

// Sums over the letters that nobody else needs.
Result<Operand> summed(ImportCall& call, Operand operand, std::string_view needed) {
  std::vector<std::int64_t> axes;
  std::string letters;
  for (std::size_t axis = 0; axis < operand.letters.size(); ++axis) {
    if (has(needed, operand.letters[axis])) {
      letters += operand.letters[axis];
    } else {
      axes.push_back(static_cast<std::int64_t>(axis));
    }
  }
  if (axes.empty()) return operand;
  RHEO_ASSIGN_OR_RETURN(operand.value, call.emit(OpKind::reduce_sum, {&operand.value}, {{"axes", axes}}));
  operand.letters = letters;
  return operand;
}

// The dimensions of `letters`, which must be known where there is more than one.
Result<std::int64_t> joined_size(ImportCall& call, const Operand& operand, std::string_view letters) {
  const Shape shape = shape_of(call, operand);
  Shape part;
  for (const char letter : letters) part.push_back(shape[operand.letters.find(letter)]);
  if (part.is_static()) return part.elements();
  return call.mixes_batch("multiplies over the batch");
}

// What two operands give when the letters of `kept` are needed afterwards.
Result<Operand> product(ImportCall& call, Operand a, Operand b, std::string_view kept) {
  std::string batch, sums, rows, columns;
  for (const char letter : a.letters) {
    std::string& group = !has(b.letters, letter) ? rows : has(kept, letter) ? batch : sums;
    group += letter;
  }
  for (const char letter : b.letters) {
    if (!has(a.letters, letter)) columns += letter;
  }
  RHEO_ASSIGN_OR_RETURN(a, reordered(call, std::move(a), batch + rows + sums));
  RHEO_ASSIGN_OR_RETURN(b, reordered(call, std::move(b), batch + sums + columns));
  const Shape a_shape = shape_of(call, a);
  const Shape b_shape = shape_of(call, b);
  RHEO_ASSIGN_OR_RETURN(const std::int64_t row_count, joined_size(call, a, rows));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t sum_count, joined_size(call, a, sums));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t column_count, joined_size(call, b, columns));
  Shape left(a_shape.dims().first(batch.size()));
  Shape right(b_shape.dims().first(batch.size()));
  Shape result;
  for (std::size_t axis = 0; axis < batch.size(); ++axis) result.push_back(std::max(left[axis], right[axis]));
  for (std::size_t axis = 0; axis < rows.size(); ++axis) result.push_back(a_shape[batch.size() + axis]);
  for (std::size_t axis = 0; axis < columns.size(); ++axis) {
    result.push_back(b_shape[batch.size() + sums.size() + axis]);
  }
  left.push_back(row_count);
  left.push_back(sum_count);
  right.push_back(sum_count);
  right.push_back(column_count);
  RHEO_ASSIGN_OR_RETURN(a.value, call.reshape(a.value, left));
  RHEO_ASSIGN_OR_RETURN(b.value, call.reshape(b.value, right));
  RHEO_ASSIGN_OR_RETURN(a.value, call.emit(OpKind::matmul, {&a.value, &b.value}));
  RHEO_ASSIGN_OR_RETURN(a.value, call.reshape(a.value, result));
  a.letters = batch + rows + columns;
  return a;
}

}  // namespace

Result<ImportValue> einsum_of(ImportCall& call, std::string_view equation, std::span<ImportValue* const> values) {
  if (values.empty()) return call.refuse("multiplies nothing");
  std::vector<std::size_t> ranks;
  for (const ImportValue* value : values) ranks.push_back(call.shape_of(*value).rank());
  RHEO_ASSIGN_OR_RETURN(const Einsum einsum, parse_einsum(equation, ranks));
  std::vector<Operand> operands;
  for (std::size_t i = 0; i < values.size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(Operand operand, with_diagonals(call, {*values[i], einsum.inputs[i]}));
    operands.push_back(std::move(operand));
  }
  Operand result = std::move(operands[0]);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    std::string later = einsum.output;
    for (std::size_t j = i + 1; j < operands.size(); ++j) later += operands[j].letters;
    if (i > 0) {
      RHEO_ASSIGN_OR_RETURN(Operand next, summed(call, std::move(operands[i]), later + result.letters));
      RHEO_ASSIGN_OR_RETURN(result, summed(call, std::move(result), later + next.letters));
      RHEO_ASSIGN_OR_RETURN(result, product(call, std::move(result), std::move(next), later));
    }
    RHEO_ASSIGN_OR_RETURN(result, summed(call, std::move(result), later));
  }
  RHEO_ASSIGN_OR_RETURN(result, reordered(call, std::move(result), einsum.output));
  return std::move(result.value);
}

}  // namespace rheo
