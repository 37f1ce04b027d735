// SPDX-License-Identifier: Apache-2.0
// The program of a .pt2 archive: models/NAME.json as plain data. Schema 8 of torch/_export/serde/schema.py: fields that
// are not known are passed over, tagged unions with an unknown tag are refused, and so is everything that is code
// (custom objects, higher-order operators) or that outlives a run (mutated buffers). What is unsupported is named.
// Frozen after parsing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/aten/node.h"
#include "load/json_value.h"

namespace rheo::pt2 {

// A size: a number, or the text of an expression over symbols (expression.h).
struct Size {
  std::int64_t number = 0;
  std::string expression;  // empty: the number counts
};

// The file's own name of an element type, "f32"; "f64", "i16" and the like included.
struct TensorMeta {
  std::string dtype;
  std::vector<Size> sizes;
  std::vector<Size> strides;
  Size storage_offset;
};

struct ProgramInput {
  std::string name;
  TensorMeta meta;
};

// A parameter, buffer or constant: which value holds it, and what the weights of the archive call it.
struct ProgramWeight {
  std::string value;  // "p_conv1_weight"
  std::string name;   // "conv1.weight"
};

struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

struct Program {
  std::vector<ProgramInput> inputs;  // that the user gives
  std::vector<ProgramWeight> weights;
  std::vector<aten::Node> nodes;
  std::vector<std::string> outputs;
  std::map<std::string, TensorMeta> metas;                // of weights and outputs, by value
  std::map<std::string, Range, std::less<>> constraints;  // of symbols
};

Result<Program> parse_program(std::string_view json, const LoadLimits& limits = {});

// Parts of it. `where` begins sentences: "nodes[3] (aten.add.Tensor)".
Result<aten::Argument> parse_argument(const JsonValue& value, const std::string& where);
Result<TensorMeta> parse_tensor_meta(const JsonValue& value, const std::string& where);
// {"tag": value}, the one field that is not null.
struct Tagged {
  std::string_view tag;
  const JsonValue* value;
};
Result<Tagged> tagged(const JsonValue& value, const std::string& where);
// {"name": "x"}
Result<std::string> name_in(const JsonValue& value, const std::string& where);
// The element type of a code of the schema: "f32" of 7.
Result<std::string> dtype_of_code(const JsonValue& value, const std::string& where);

}  // namespace rheo::pt2
