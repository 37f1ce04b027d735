// SPDX-License-Identifier: Apache-2.0
// Adds ops to a graph that is being imported. An op whose inputs are all known is computed at once by its reference
// kernel, once per trial batch size (import_value.h); so weights are folded and shapes calculated by the same calls
// that build everything else. Used by one thread, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "load/import_value.h"

namespace rheo {

// Where the model asks for something: what the new node is called, and how sentences name the place.
struct ImportPlace {
  std::string name;    // "/layer1/conv"; made unique; may be empty
  std::string source;  // "Conv", or a line of the model's program
  std::string text() const { return "'" + name + "' (" + source + ")"; }
};

class ImportEmitter {
 public:
  explicit ImportEmitter(const LoadLimits& limits) : limits_(limits) {}

  // Outputs of `kind`. `per_trial`: the attributes for each trial batch size, alike unless all inputs are known. A null
  // input is absent.
  Result<std::vector<ImportValue>> emit(OpKind kind, std::span<ImportValue* const> inputs,
                                        const PerTrial<Attributes>& per_trial, const ImportPlace& place);
  // 8-bit weights as they are stored, and dequantised behind that, so that a pass may still multiply them in 8 bits.
  Result<ImportValue> add_stored(const Tensor& weights, Quantization quantization, const ImportPlace& place);
  // To the shape that it has in each trial.
  Result<ImportValue> reshape(ImportValue& value, const PerTrial<Shape>& shapes, const ImportPlace& place);
  // The value in the graph; a known one becomes a constant, an arranged one is brought into its own dimensions.
  // `may_stretch`: one row will do for all items of a batch, because the op that reads it broadcasts.
  Result<ValueId> id_of(ImportValue& value, const ImportPlace& place, bool may_stretch = false);
  // Dtype, and shape with kDynamic for the open batch and what it was joined with.
  TensorType type_of(const ImportValue& value) const;
  PerTrial<Shape> shapes_of(const ImportValue& value) const;
  // Count what is about to be computed ahead, its elements and the steps to them; limit_exceeded when the model asks
  // for too much.
  Status book(DType dtype, const Shape& shape, const ImportPlace& place);
  Status book_steps(std::size_t steps, const ImportPlace& place);
  // The failure of a place that cannot let the batch stay open: "'x' (Reshape) joins the batch with other dimensions".
  Status mixes_batch(const ImportPlace& place, std::string_view what);
  // True when an input has an open batch, or would have.
  bool has_open_batch() const { return has_open_batch_; }

  // 16-bit floats are cast to f32 behind the input.
  Result<ImportValue> add_input(const std::string& name, const TensorType& type, Preprocessing preprocessing = {});
  // An answer, cheapest first, or one that is none. What no op computes (an input or a constant handed through) is
  // copied by a reshape that changes nothing.
  Status add_exit(const std::string& name, ImportValue& value);
  Status add_output(const std::string& name, ImportValue& value);
  GraphBuilder& builder() { return builder_; }
  bool& widened() { return widened_; }  // floats of another width became f32

 private:
  Result<std::vector<ImportValue>> compute(OpKind kind, std::span<ImportValue* const> inputs,
                                           const PerTrial<Attributes>& per_trial, const ImportPlace& place);
  Result<std::vector<Tensor>> compute_one(OpKind kind, std::span<ImportValue* const> inputs,
                                          const Attributes& attributes, std::size_t trial, const ImportPlace& place);
  Result<std::vector<ImportValue>> add(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes,
                                       const ImportPlace& place);
  // import_emitter_arranged.cpp: nothing where the op needs its inputs in their own dimensions.
  using Kept = Result<std::optional<ImportValue>>;
  Kept keep_arranged(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes,
                     const ImportPlace& place);
  Kept keep_transposed(const ImportValue& x, const Attributes& attributes);
  Kept keep_linear(std::span<ImportValue* const> inputs, const Attributes& attributes, const ImportPlace& place);
  Kept keep_element_wise(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes,
                         const ImportPlace& place);
  Kept keep_along_axis(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes,
                       const ImportPlace& place);
  Kept add_arranged(OpKind kind, std::span<ImportValue* const> inputs, const Attributes& attributes,
                    Arrangement arrangement, const ImportPlace& place);
  Result<std::optional<ImportValue>> laid_like(const ImportValue& known, const ImportValue& arranged,
                                               const ImportPlace& place);
  Status tidy(ImportValue& value);
  Status settle(ImportValue& value, const ImportPlace& place);
  // import_emitter_rows.cpp: a known row per item joined with a computed value; nothing where there is none.
  Kept concat_rows(std::span<ImportValue* const> inputs, const Attributes& attributes, const ImportPlace& place);
  // ImportValue::row_of_all of a known value, found once however many read the value.
  std::optional<Tensor> row_of(const ImportValue& value);
  Result<std::vector<ImportValue>> rows_of(std::span<ImportValue* const> inputs, std::size_t axis, std::int64_t length,
                                           const ImportPlace& place);
  // A known row for each item where an op does not broadcast.
  Result<ValueId> repeated(const Tensor& row, const ImportPlace& place);
  Result<ValueId> batch_zeros();
  std::string free_name(std::string_view wanted);
  // The constant with these elements, which all that share them have in common.
  Result<ValueId> constant_id(const Tensor& elements);
  Result<ValueId> computed_id(const std::string& name, ImportValue& value);

  using ConstantKey = std::tuple<const void*, DType, std::vector<std::int64_t>>;  // elements, and how they are read
  struct Row {
    PerTrial<Tensor> value;  // kept, so that its addresses stay its own
    std::optional<Tensor> row;
  };

  const LoadLimits limits_;
  GraphBuilder builder_;
  // By name, the number that is tried first when it comes again. A tree: names chosen to collide must not make it slow.
  std::map<std::string, int, std::less<>> used_names_;
  std::map<ConstantKey, ValueId> constants_;                 // the builder keeps their elements
  std::map<std::pair<const void*, const void*>, Row> rows_;  // by the elements in both trials
  std::size_t computed_bytes_ = 0;
  std::size_t computed_steps_ = 0;
  ValueId batch_input_ = kNoValue;  // the first input with an open batch
  ValueId batch_zeros_ = kNoValue;
  bool widened_ = false;
  bool has_open_batch_ = false;
};

}  // namespace rheo
