// SPDX-License-Identifier: Apache-2.0
#include "graph/hash.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <map>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rheo {
namespace {

// Feeds a stream of fields. Every variable-length field is preceded by its length, so that no two graphs can feed the
// same bytes.
class Hasher {
 public:
  Hasher() { XXH3_128bits_reset(&state_); }

  void bytes(const void* data, std::size_t size) { XXH3_128bits_update(&state_, data, size); }
  void number(std::uint64_t value) { bytes(&value, sizeof value); }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    bytes(value.data(), value.size());
  }
  void type(const TensorType& type) {
    text(name_of(type.dtype));
    number(type.shape.rank());
    for (const std::int64_t dim : type.shape.dims()) number(static_cast<std::uint64_t>(dim));
    number(type.quantization.scales.size());
    for (const float scale : type.quantization.scales) real(scale);
    if (!type.quantization.empty()) number(static_cast<std::uint64_t>(type.quantization.axis));
    if (type.quantization.zero_point != 0) number(static_cast<std::uint64_t>(type.quantization.zero_point));
  }
  void attribute(const AttributeValue& value) {
    if (const auto* real_value = std::get_if<double>(&value)) return attribute_number(*real_value);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return attribute_integer(*integer);
    number(value.index());
    if (const auto* string = std::get_if<std::string>(&value)) text(*string);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
      number(list->size());
      for (const std::int64_t item : *list) number(static_cast<std::uint64_t>(item));
    }
    if (const auto* reals = std::get_if<std::vector<double>>(&value)) {
      number(reals->size());
      for (const double item : *reals) attribute_number(item);
    }
  }
  std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  void attribute_integer(std::int64_t value) {
    text("integer");
    number(static_cast<std::uint64_t>(value));
  }
  // Text formats do not tell 1 from 1.0, and neither does an op, so a whole real counts as the integer.
  void attribute_number(double value) {
    constexpr double kExact = 9007199254740992.0;  // 2^53: up to here every integer is a double
    if (std::abs(value) <= kExact && value == std::trunc(value))
      return attribute_integer(static_cast<std::int64_t>(value));
    text("real");
    real(value);
  }

  XXH3_state_t state_;
};

// Says which value is meant without using its id, which depends on when constants were added: inputs and node outputs
// are counted in graph order, a constant stands for its content, shared or not.
class ValueHasher {
 public:
  ValueHasher(const Graph& graph, Hasher& hasher) : graph_(graph), hasher_(hasher), places_(graph.values().size(), 0) {
    std::uint64_t next = 0;
    for (const GraphInput& input : graph.inputs()) places_[input.value] = next++;
    for (const Node& node : graph.nodes()) {
      for (const ValueId output : node.outputs) places_[output] = next++;
    }
  }

  void value(ValueId id) {
    if (id == kNoValue) return hasher_.text("absent");
    const Value& value = graph_.value(id);
    hasher_.text(value.is_constant() ? "constant" : "computed");
    if (!value.is_constant()) return hasher_.number(places_[id]);
    hasher_.type(value.type);
    // One digest for all constants that share their elements, so that a weight with many users and names is read once.
    const Tensor& elements = value.constant;
    auto [digest, is_new] = digests_.try_emplace({elements.data(), elements.size_bytes()});
    if (is_new) digest->second = XXH3_128bits(elements.data(), elements.size_bytes());
    hasher_.number(digest->second.high64);
    hasher_.number(digest->second.low64);
  }

 private:
  const Graph& graph_;
  Hasher& hasher_;
  std::vector<std::uint64_t> places_;
  std::map<std::pair<const void*, std::size_t>, XXH128_hash_t> digests_;  // by elements
};

}  // namespace

std::string content_hash(const Graph& graph) {
  Hasher hasher;
  ValueHasher values(graph, hasher);
  hasher.text("rheo graph 1");
  hasher.number(graph.inputs().size());
  for (const GraphInput& input : graph.inputs()) {
    hasher.type(graph.value(input.value).type);
    hasher.real(input.preprocessing.scale);
    hasher.real(input.preprocessing.offset);
    // Absent where there is nothing to say, so that other models keep the hash that their certificates name.
    if (!input.preprocessing.channels.empty()) hasher.text("channels");
    for (const ChannelScale& channel : input.preprocessing.channels) {
      hasher.real(channel.scale);
      hasher.real(channel.offset);
    }
    if (input.preprocessing.crop != 0) {
      hasher.text("crop");
      hasher.real(input.preprocessing.crop);
    }
  }
  hasher.number(graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    hasher.text(name_of(node.kind));
    hasher.number(node.attributes.items().size());
    for (const auto& [name, value] : node.attributes.items()) {
      hasher.text(name);
      hasher.attribute(value);
    }
    hasher.number(node.inputs.size());
    for (const ValueId input : node.inputs) values.value(input);
    hasher.number(node.outputs.size());
    for (const ValueId output : node.outputs) hasher.type(graph.value(output).type);
  }
  hasher.number(graph.exits().size());
  for (const Exit& exit : graph.exits()) {
    hasher.text(exit.name);
    values.value(exit.value);
  }
  // Absent where there are none, so that a model without outputs keeps the hash that its certificate names.
  if (!graph.outputs().empty()) hasher.number(graph.outputs().size());
  for (const GraphOutput& output : graph.outputs()) {
    hasher.text(output.name);
    values.value(output.value);
  }
  return hasher.hex();
}

std::uint64_t content_hash(const Tensor& elements) { return XXH3_64bits(elements.data(), elements.size_bytes()); }

}  // namespace rheo
