// SPDX-License-Identifier: Apache-2.0
#include "load/import_emitter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "base/try.h"
#include "kernels/evaluate.h"

namespace rheo {
namespace {

// Ops that broadcast their inputs: one row of a value serves for every item of a batch.
bool broadcasts(OpKind kind) {
  switch (kind) {
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::div:
    case OpKind::pow:
    case OpKind::min:
    case OpKind::max:
    case OpKind::where:
    case OpKind::equal:
    case OpKind::greater:
    case OpKind::greater_equal:
    case OpKind::less:
    case OpKind::less_equal:
    case OpKind::logical_and:
    case OpKind::logical_or:
    case OpKind::logical_xor:
    case OpKind::matmul: return true;
    default: return false;
  }
}

}  // namespace

Status ImportEmitter::mixes_batch(const ImportPlace& place, std::string_view what) {
  has_open_batch_ = true;
  return {StatusCode::unsupported,
          fmt::format("Node {} {}, so the batch cannot stay open; import the model with a fixed batch.", place.text(),
                      what)};
}

Result<std::vector<ImportValue>> ImportEmitter::emit(OpKind kind, std::span<ImportValue* const> inputs,
                                                     const PerTrial<Attributes>& per_trial, const ImportPlace& place) {
  const bool all_known = std::all_of(inputs.begin(), inputs.end(),
                                     [](const ImportValue* input) { return input == nullptr || input->is_known(); });
  if (all_known) return compute(kind, inputs, per_trial, place);
  Kept kept = kind == OpKind::concat ? concat_rows(inputs, per_trial[0], place)
                                     : keep_arranged(kind, inputs, per_trial[0], place);
  if (!kept.ok()) return kept.status();
  if (*kept) return std::vector{**std::move(kept)};
  return add(kind, inputs, per_trial[0], place);
}

Result<std::vector<ImportValue>> ImportEmitter::add(OpKind kind, std::span<ImportValue* const> inputs,
                                                    const Attributes& attributes, const ImportPlace& place) {
  std::vector<ValueId> ids;
  for (ImportValue* input : inputs) {
    if (input == nullptr) {
      ids.push_back(kNoValue);
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(const ValueId id, id_of(*input, place, broadcasts(kind)));
    ids.push_back(id);
  }
  RHEO_ASSIGN_OR_RETURN(const ValueId first,
                        builder_.add_node(kind, ids, attributes, free_name(place.name), place.source));
  std::vector<ImportValue> outputs;
  for (const ValueId output : builder_.outputs_of(first)) outputs.push_back(ImportValue::computed(output));
  return outputs;
}

Result<std::vector<ImportValue>> ImportEmitter::compute(OpKind kind, std::span<ImportValue* const> inputs,
                                                        const PerTrial<Attributes>& per_trial,
                                                        const ImportPlace& place) {
  PerTrial<std::vector<Tensor>> results;
  const bool alike = per_trial[0] == per_trial[1] &&
                     std::all_of(inputs.begin(), inputs.end(),
                                 [](const ImportValue* input) { return input == nullptr || input->ignores_batch(); });
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (trial > 0 && alike) {
      results[trial] = results[0];
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(results[trial], compute_one(kind, inputs, per_trial[trial], trial, place));
  }
  std::vector<ImportValue> outputs;
  for (std::size_t output = 0; output < results[0].size(); ++output) {
    outputs.push_back(ImportValue::known({results[0][output], results[1][output]}));
  }
  return outputs;
}

Result<std::vector<Tensor>> ImportEmitter::compute_one(OpKind kind, std::span<ImportValue* const> inputs,
                                                       const Attributes& attributes, std::size_t trial,
                                                       const ImportPlace& place) {
  std::vector<TensorType> types(inputs.size());
  std::vector<const TensorType*> given;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor* elements = inputs[i] == nullptr ? nullptr : &inputs[i]->elements()[trial];
    if (elements != nullptr) types[i] = {elements->dtype(), elements->shape(), {}};
    given.push_back(elements == nullptr ? nullptr : &types[i]);
    arguments.push_back({elements, given.back(), true});
  }
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> outputs, infer_types(kind, {attributes, given}));
  for (const TensorType& type : outputs) RHEO_RETURN_IF_ERROR(book(type.dtype, type.shape, place));
  RHEO_RETURN_IF_ERROR(book_steps(evaluation_steps(kind, {attributes, given}, outputs), place));
  return evaluate(kind, attributes, arguments, outputs);
}

Result<ImportValue> ImportEmitter::add_stored(const Tensor& weights, Quantization quantization,
                                              const ImportPlace& place) {
  RHEO_RETURN_IF_ERROR(book(DType::f32, weights.shape(), place));
  RHEO_ASSIGN_OR_RETURN(const ValueId stored, builder_.add_constant({}, weights, std::move(quantization)));
  RHEO_ASSIGN_OR_RETURN(const ValueId real, builder_.add_node(OpKind::dequantize, std::span(&stored, 1),
                                                              {{"dtype", "f32"}}, free_name(place.name), place.source));
  return ImportValue::computed(real);
}

// What is computed ahead may be far larger than the file that asks for it.
Status ImportEmitter::book(DType dtype, const Shape& shape, const ImportPlace& place) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t count, shape.checked_elements());
  const std::size_t limit = limits_.computed_bytes;
  const bool fits = static_cast<std::size_t>(count) <= limit / size_bytes(dtype);
  if (fits) computed_bytes_ += static_cast<std::size_t>(count) * size_bytes(dtype);
  if (fits && computed_bytes_ <= limit) return {};
  return {
      StatusCode::limit_exceeded,
      fmt::format("Node {} brings what the model computes ahead of any input above {} bytes.", place.text(), limit)};
}

Status ImportEmitter::book_steps(std::size_t steps, const ImportPlace& place) {
  computed_steps_ = saturating_add(computed_steps_, steps);
  if (computed_steps_ <= limits_.computed_steps) return {};
  return {StatusCode::limit_exceeded,
          fmt::format("Node {} brings what the model computes ahead of any input above {} steps. Compute its constants "
                      "when the model is exported (constant folding), so that the file holds them.",
                      place.text(), limits_.computed_steps)};
}

// Aliases of one weight are one constant, which is read, hashed and packed once.
Result<ValueId> ImportEmitter::constant_id(const Tensor& elements) {
  const auto dims = elements.shape().dims();
  ConstantKey key{elements.data(), elements.dtype(), {dims.begin(), dims.end()}};
  if (const auto known = constants_.find(key); known != constants_.end()) return known->second;
  RHEO_ASSIGN_OR_RETURN(const ValueId id, builder_.add_constant({}, elements));
  constants_.emplace(std::move(key), id);
  return id;
}

Result<ValueId> ImportEmitter::id_of(ImportValue& value, const ImportPlace& place, bool may_stretch) {
  if (value.is_arranged()) RHEO_RETURN_IF_ERROR(settle(value, place));
  if (value.id() != kNoValue) return value.id();
  if (!value.ignores_batch()) {
    const std::optional<Tensor> row = row_of(value);
    if (!row) return mixes_batch(place, "reads a value that depends on the size of the batch");
    if (may_stretch) return constant_id(*row);
    RHEO_ASSIGN_OR_RETURN(const ValueId repeats, repeated(*row, place));
    value.set_id(repeats);
    return repeats;
  }
  RHEO_ASSIGN_OR_RETURN(const ValueId id, constant_id(value.only()));
  value.set_id(id);
  return id;
}

TensorType ImportEmitter::type_of(const ImportValue& value) const {
  if (value.is_computed()) {
    TensorType type = builder_.type_of(value.id());
    if (value.is_arranged()) type.shape = arranged_shape(value.arrangement(), type.shape);
    return type;
  }
  TensorType type{value.elements()[0].dtype(), value.elements()[0].shape(), {}};
  const Shape& other = value.elements()[1].shape();
  for (std::size_t axis = 0; axis < std::min(type.shape.rank(), other.rank()); ++axis) {
    if (type.shape[axis] != other[axis]) type.shape[axis] = kDynamic;
  }
  return type;
}

PerTrial<Shape> ImportEmitter::shapes_of(const ImportValue& value) const {
  if (value.is_known()) return {value.elements()[0].shape(), value.elements()[1].shape()};
  PerTrial<Shape> shapes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    shapes[trial] = builder_.type_of(value.id()).shape;
    for (std::size_t axis = 0; axis < shapes[trial].rank(); ++axis) {
      if (shapes[trial][axis] == kDynamic) shapes[trial][axis] = kTrialBatches[trial];
    }
    if (value.is_arranged()) shapes[trial] = arranged_shape(value.arrangement(), shapes[trial]);
  }
  return shapes;
}

std::string ImportEmitter::free_name(std::string_view wanted) {
  if (wanted.empty()) return {};
  std::string name(wanted);
  std::replace(name.begin(), name.end(), '#', '_');  // '#' marks names that the builder makes up
  const auto [used, is_new] = used_names_.try_emplace(name, 2);
  if (is_new) return name;
  std::string free;
  do {
    free = fmt::format("{}.{}", name, used->second++);
  } while (!used_names_.try_emplace(free, 2).second);
  return free;
}

Result<ImportValue> ImportEmitter::add_input(const std::string& name, const TensorType& type,
                                             Preprocessing preprocessing) {
  RHEO_ASSIGN_OR_RETURN(ValueId id, builder_.add_input(free_name(name), type, preprocessing));
  has_open_batch_ |= !type.shape.is_static();
  if (type.dtype == DType::f16 || type.dtype == DType::bf16) {
    widened_ = true;
    RHEO_ASSIGN_OR_RETURN(id, builder_.add_node(OpKind::cast, {id}, {{"dtype", "f32"}}));
  }
  const auto dims = type.shape.dims();
  const bool has_batch = !dims.empty() && dims[0] == kDynamic && std::find(dims.begin(), dims.end(), 0) == dims.end();
  if (batch_input_ == kNoValue && has_batch) batch_input_ = id;
  return ImportValue::computed(id);
}

Result<ValueId> ImportEmitter::computed_id(const std::string& name, ImportValue& value) {
  const bool is_known = value.is_known();
  RHEO_ASSIGN_OR_RETURN(const ValueId id, id_of(value, {name, "output"}));
  if (!is_known && !builder_.outputs_of(id).empty()) return id;
  std::vector<std::int64_t> same;
  for (const std::int64_t dim : builder_.type_of(id).shape.dims()) same.push_back(dim == kDynamic ? -1 : dim);
  return builder_.add_node(OpKind::reshape, {id}, {{"shape", same}});
}

Status ImportEmitter::add_exit(const std::string& name, ImportValue& value) {
  RHEO_ASSIGN_OR_RETURN(const ValueId id, computed_id(name, value));
  return builder_.add_exit(name, id);
}

Status ImportEmitter::add_output(const std::string& name, ImportValue& value) {
  RHEO_ASSIGN_OR_RETURN(const ValueId id, computed_id(name, value));
  return builder_.add_output(name, id);
}

}  // namespace rheo
