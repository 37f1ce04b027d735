// SPDX-License-Identifier: Apache-2.0
// An ONNX file as plain data: what it says, checked for form, before anything is made of it. The fields and numbers are
// those of onnx.proto (github.com/onnx/onnx, onnx/onnx.proto).
//
// Every name is UTF-8 without control characters, at most LoadLimits::name_bytes long. Weights are views of the file,
// or of the external data that it names; TensorData::owner, and a Tensor made of it, keep them alive. Immutable after
// reading, so shared freely between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/open_dimension.h"

namespace rheo {
class GivenWeights;
}

namespace rheo::onnx {

// Element types of TensorProto.DataType that occur by name in messages; others are kept as their number.
enum class ElementType : std::int32_t {
  undefined = 0,
  f32 = 1,
  u8 = 2,
  i8 = 3,
  u16 = 4,
  i16 = 5,
  i32 = 6,
  i64 = 7,
  text = 8,
  boolean = 9,
  f16 = 10,
  f64 = 11,
  u32 = 12,
  u64 = 13,
  bf16 = 16,
};
// "f64", "string", or "element type 23" for what has no name here.
std::string name_of(ElementType type);
// The DType of the same elements; unsupported for those that Rheo lacks.
Result<DType> dtype_of(ElementType type);

// A weight as the file stores it: the bytes of the elements, little-endian and row-major, at any alignment.
struct TensorData {
  std::string name;
  ElementType type = ElementType::undefined;
  Shape shape;                        // product checked, at most LoadLimits::dimension each
  std::span<const std::byte> bytes;   // exactly elements * size; empty for texts and types without a name here
  std::shared_ptr<const void> owner;  // of `bytes`: the file, external data, or elements unpacked from typed fields
};
// The elements as a Tensor: shared with the file where they lie aligned to Tensor::kAlignment, else a copy. f64 becomes
// f32, the other types that Rheo lacks are unsupported.
Result<Tensor> to_tensor(const TensorData& data);

struct Graph;

// One attribute of a node; `kind` says which member counts. The number is AttributeProto.AttributeType.
struct Attribute {
  enum class Kind : std::int32_t {
    real = 1,
    integer = 2,
    text = 3,
    tensor = 4,
    graph = 5,
    reals = 6,
    integers = 7,
    texts = 8,
    other = 0,  // sparse tensors, types, lists of tensors or graphs: present, not read
  };
  std::string name;
  std::string parameter;  // in a Function: the attribute of the call that gives the value; else empty
  Kind kind = Kind::other;
  float real = 0;
  std::int64_t integer = 0;
  std::string text;  // bytes as stored: may hold anything, as may `texts`
  TensorData tensor;
  std::shared_ptr<const Graph> graph;
  std::vector<float> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
};

struct Node {
  std::string op;                    // "Conv"
  std::string domain;                // "" for the operators of ONNX itself ("ai.onnx" is written so too)
  std::string name;                  // may be empty
  std::vector<std::string> inputs;   // "" is an absent optional input
  std::vector<std::string> outputs;  // "" is an output nobody wants
  std::vector<Attribute> attributes;

  const Attribute* find(std::string_view attribute) const;  // null when absent
};

// -1, which some exporters write, is an unknown.
using Dimension = OpenDimension;

struct ValueInfo {
  enum class Kind : std::uint8_t { tensor, other };  // other: sequences, maps, optionals, sparse tensors
  std::string name;
  Kind kind = Kind::tensor;
  ElementType type = ElementType::undefined;
  std::optional<std::vector<Dimension>> shape;  // nothing: not even the rank is declared
};

// Each name is given to one value of the graph only, and each value that is used was made before: in this graph, or
// around the node whose attribute it is, where a name may be hidden by one inside.
struct Graph {
  std::string name;
  std::vector<Node> nodes;  // in file order, which is an order of computing
  std::vector<TensorData> initializers;
  std::vector<ValueInfo> inputs;  // may repeat initializers: those are defaults
  std::vector<ValueInfo> outputs;
};

struct OperatorSet {
  std::string domain;
  std::int64_t version = 0;
};

// A function of the model's own, to be inlined where it is called (FunctionProto). Its names hold as those of a Graph.
// Nothing says that functions do not call each other in a circle: whoever inlines them looks for that.
struct Function {
  std::string domain;
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> attributes;  // names of parameters that a call has to set
  std::vector<Attribute> defaults;      // parameters that a call may set, with the value when it does not
  std::vector<Node> nodes;
  std::vector<OperatorSet> operator_sets;
};

struct Model {
  std::int64_t ir_version = 0;
  std::string producer;  // "pytorch 2.1.0"; for messages
  std::vector<OperatorSet> operator_sets;
  std::vector<std::pair<std::string, std::string>> metadata;  // keys are names; values texts without zero bytes
  Graph graph;
  std::vector<Function> functions;
  std::shared_ptr<const void> owner;        // of the file's bytes
  std::vector<std::string> external_files;  // paths of the files with external data that were mapped

  // Version of the operators in `domain` ("" is ONNX itself); 0 when the model does not import it.
  std::int64_t opset(std::string_view domain = {}) const;
};

// From a file, mapped; external data must lie in the file's own folder or below it (external_data.h). Where others may
// write to the file, read it and use the form below: a mapped file that is cut short ends the process (map_file).
// not_found, io_error; bad_format with the offset; unsupported; limit_exceeded. `given` weights take the places of
// initializers, whose own elements may then be missing from external data.
Result<Model> read_model(const std::string& file, const LoadLimits& limits = {}, GivenWeights* given = nullptr);
// From memory that `owner` keeps alive; external data is refused, because memory has no folder.
Result<Model> read_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                         const LoadLimits& limits = {}, GivenWeights* given = nullptr);
// A bare TensorProto, as the conformance data stores inputs and outputs.
Result<TensorData> read_tensor(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                               const LoadLimits& limits = {});

}  // namespace rheo::onnx
