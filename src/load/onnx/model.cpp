// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "base/within_memory.h"
#include "load/file.h"
#include "load/json_value.h"
#include "load/onnx/external_data.h"
#include "load/onnx/parts.h"
#include "load/onnx/tensor_data.h"
#include "load/onnx/value_names.h"

namespace rheo::onnx {
namespace {

constexpr std::string_view kReading = "Reading the ONNX model";
// Protobuf counts the bytes of a message with 31 bits.
constexpr std::size_t kMaxFileBytes = std::numeric_limits<std::int32_t>::max();

constexpr std::uint32_t kOperatorSetField = 8;
constexpr std::uint32_t kMetadataField = 14;
constexpr std::uint32_t kFunctionField = 25;

// Who wrote the file: two texts of ModelProto.
struct Producer {
  std::string name;
  std::string version;
};

Status read_metadata(WireMessage& message, Reading& reading, Model& model) {
  TextPair pair;
  RHEO_RETURN_IF_ERROR(parse_text_pair(message.message(), pair));
  RHEO_RETURN_IF_ERROR(require_name(pair.key, reading.limits().name_bytes, "A key of metadata"));
  RHEO_RETURN_IF_ERROR(require_text(pair.value, reading.limits().text_bytes, "A value of metadata"));
  RHEO_RETURN_IF_ERROR(reading.book(pair.key.size() + pair.value.size(), 1));
  model.metadata.emplace_back(pair.key, pair.value);
  return Status();
}

Status read_field(WireMessage& message, Reading& reading, Producer& producer, bool& has_graph, Model& model) {
  switch (message.number()) {
    case 1: model.ir_version = message.integer(); return Status();
    case 2: return reading.name(message, "The name of the producer", producer.name);
    case 3: return reading.name(message, "The version of the producer", producer.version);
    case 7:
      if (std::exchange(has_graph, true)) return message.broken("The model has two graphs.");
      return parse_graph(message.message(), Place(), reading, model.graph);
    case kOperatorSetField: return parse_operator_set(message.message(), reading, model.operator_sets);
    case kMetadataField: return read_metadata(message, reading, model);
    case kFunctionField: return parse_function(message.message(), reading, model.functions.emplace_back());
    default: return Status();
  }
}

// What the model asks the host for: inputs that no initializer fills.
Status check_inputs(const Graph& graph, const LoadLimits& limits) {
  std::set<std::string_view> initializers;
  for (const TensorData& initializer : graph.initializers) initializers.insert(initializer.name);
  const auto asked = static_cast<std::size_t>(
      std::ranges::count_if(graph.inputs, [&](const ValueInfo& input) { return !initializers.contains(input.name); }));
  if (asked <= limits.inputs) return Status();
  return Status(StatusCode::limit_exceeded,
                fmt::format("The model has {} inputs, more than the limit of {}.", asked, limits.inputs));
}

Status check_model(const Model& model, const LoadLimits& limits) {
  RHEO_RETURN_IF_ERROR(check_value_names(model.graph));
  RHEO_RETURN_IF_ERROR(check_inputs(model.graph, limits));
  std::set<std::pair<std::string_view, std::string_view>> functions;
  for (const Function& function : model.functions) {
    const Status status = check_value_names(function);
    if (!status.ok()) return status.with_context("function " + function.name);
    if (functions.emplace(function.domain, function.name).second) continue;
    return Status(StatusCode::bad_format, fmt::format("The function '{}' is defined twice.", function.name));
  }
  std::set<std::string_view> keys;
  for (const auto& [key, value] : model.metadata) {
    if (!keys.insert(key).second) {
      return Status(StatusCode::bad_format, fmt::format("The metadata hold '{}' twice.", key));
    }
  }
  return Status();
}

Status check_size(std::size_t file_bytes, const LoadLimits& limits) {
  if (file_bytes == 0) return Status(StatusCode::bad_format, "The file is empty.");
  const std::size_t limit = std::min(limits.file_bytes, kMaxFileBytes);
  if (file_bytes <= limit) return Status();
  return Status(
      StatusCode::limit_exceeded,
      fmt::format("The file has {} bytes, more than the limit of {}; larger weights belong into external data.",
                  file_bytes, limit));
}

Result<Model> read(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const LoadLimits& limits,
                   ExternalData* external, GivenWeights* given) {
  return within_memory(kReading, [&]() -> Result<Model> {
    RHEO_RETURN_IF_ERROR(check_size(bytes.size(), limits));
    Reading reading(bytes.size(), owner, limits, external, given);
    Model model;
    model.owner = std::move(owner);
    RHEO_RETURN_IF_ERROR(parse_model(WireMessage(bytes), reading, model));
    RHEO_RETURN_IF_ERROR(check_model(model, limits));
    return model;
  });
}

}  // namespace

Status parse_model(WireMessage message, Reading& reading, Model& model) {
  Producer producer;
  bool has_graph = false;
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kOperatorSetField, model.operator_sets));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kMetadataField, model.metadata));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kFunctionField, model.functions));
  while (message.next()) message.note(read_field(message, reading, producer, has_graph, model));
  RHEO_RETURN_IF_ERROR(message.finish());
  model.producer = producer.name + (producer.version.empty() ? "" : " ") + producer.version;
  if (model.ir_version < 1) return message.broken("The file tells no version of ONNX; it is hardly an ONNX model.");
  return has_graph ? Status() : message.broken("The model has no graph.");
}

Result<Model> read_model(const std::string& file, const LoadLimits& limits, GivenWeights* given) {
  RHEO_ASSIGN_OR_RETURN(FileBytes content, map_file(file, limits.file_bytes));
  ExternalData external(file, limits);
  Result<Model> model = read(content.bytes, std::move(content.owner), limits, &external, given);
  if (model) model->external_files = external.files();
  return model;
}

Result<Model> read_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const LoadLimits& limits,
                         GivenWeights* given) {
  return read(bytes, std::move(owner), limits, nullptr, given);
}

Result<TensorData> read_tensor(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                               const LoadLimits& limits) {
  return within_memory("Reading the ONNX tensor", [&]() -> Result<TensorData> {
    RHEO_RETURN_IF_ERROR(check_size(bytes.size(), limits));
    Reading reading(bytes.size(), std::move(owner), limits, nullptr);
    TensorData tensor;
    RHEO_RETURN_IF_ERROR(parse_tensor(WireMessage(bytes), reading, tensor));
    return tensor;
  });
}

}  // namespace rheo::onnx
