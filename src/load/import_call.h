// SPDX-License-Identifier: Apache-2.0
// One operation of the model that is being imported, whatever its format: how its lowering adds ops, refuses, and reads
// numbers that are known ahead. The calls of each format (onnx/call.h, aten/call.h) add how arguments are found.
// Lives on the stack while one operation is lowered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <rheo/status.h>

#include "load/import_emitter.h"

namespace rheo {

class ImportCall {
 public:
  ImportCall(ImportEmitter& emitter, ImportPlace place) : emitter_(emitter), place_(std::move(place)) {}

  ImportEmitter& emitter() { return emitter_; }
  const ImportPlace& place() const { return place_; }
  DType dtype_of(const ImportValue& value) const { return emitter_.type_of(value).dtype; }
  Shape shape_of(const ImportValue& value) const { return emitter_.type_of(value).shape; }  // kDynamic: the batch

  // Numbers known while importing. `what` names the argument in the refusal: "input 1".
  Result<PerTrial<std::vector<std::int64_t>>> known_integers_per_trial(const ImportValue& value,
                                                                       std::string_view what) const;
  Result<double> known_real(const ImportValue& value,
                            std::string_view what) const;  // one number, alike for every batch
  // An axis in [-rank, rank) counted from the front.
  Result<std::size_t> axis(std::int64_t axis, std::size_t rank) const;

  // Answers.
  Result<ImportValue> emit(OpKind kind, std::initializer_list<ImportValue*> inputs, const Attributes& attributes = {});
  Result<ImportValue> emit(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes = {});
  Result<ImportValue> emit(OpKind kind, std::initializer_list<ImportValue*> inputs,
                           const PerTrial<Attributes>& per_trial);
  Result<std::vector<ImportValue>> emit_all(OpKind kind, std::span<ImportValue* const> inputs,
                                            const Attributes& attributes);
  Status refuse(std::string_view why) const;
  Status mixes_batch(std::string_view what) { return emitter_.mixes_batch(place_, what); }

  // Steps that several lowerings share.
  // To `shape`, where kDynamic is the batch.
  Result<ImportValue> reshape(ImportValue& value, const Shape& shape);
  Result<ImportValue> transpose(ImportValue& value, std::vector<std::int64_t> permutation);
  Result<ImportValue> cast(ImportValue& value, DType dtype);
  // A number of rank 0.
  static Result<ImportValue> scalar(DType dtype, double number);

 private:
  ImportEmitter& emitter_;
  const ImportPlace place_;
};

}  // namespace rheo
