// SPDX-License-Identifier: Apache-2.0
#include "load/graph_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include <rheo/path.h>

#include "base/try.h"
#include "graph/limits.h"
#include "load/json_fields.h"
#include "load/json_value.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNodeInputLimit = 4096;
constexpr std::size_t kCodeLimitBytes = 64;

std::vector<std::int64_t> dims_of(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

Json attributes_to_json(const Attributes& attributes) {
  Json all = Json::object();
  for (const auto& [name, value] : attributes.items()) {
    std::visit([&, &key = name](const auto& content) { all[key] = content; }, value);
  }
  return all;
}

Json node_to_json(const Graph& graph, const Node& node) {
  Json inputs = Json::array();
  for (const ValueId input : node.inputs) {
    inputs.push_back(input == kNoValue ? Json() : Json(graph.value(input).name));
  }
  return Json{{"op", name_of(node.kind)},
              {"name", node.name},
              {"source", node.source},
              {"inputs", std::move(inputs)},
              {"attributes", attributes_to_json(node.attributes)}};
}

// What GraphBuilder says of a file's content is the file's fault, not the caller's.
Status blame_file(const Status& status) {
  if (status.code() != StatusCode::invalid_argument && status.code() != StatusCode::not_found) return status;
  return Status(StatusCode::bad_format, status.message());
}

// Builds the graph value by value, knowing the values so far by name.
class GraphReader {
 public:
  GraphReader(NamedTensors& tensors, const LoadLimits& limits) : tensors_(tensors), limits_(limits) {}

  Result<std::shared_ptr<const Graph>> read(const JsonValue& root) {
    std::vector<std::string> labels;
    JsonFields fields(root, "graph");
    fields.array("inputs", limits_.inputs, [&](auto& item, auto& where) { return read_input(item, where); });
    fields.array("constants", limits_.tensors, [&](auto& item, auto& where) { return read_constant(item, where); });
    fields.array("nodes", limits_.nodes, [&](auto& item, auto& where) { return read_node(item, where); });
    fields.array("exits", kMaxPaths, [&](auto& item, auto& where) { return read_exit(item, where); });
    if (fields.has("outputs")) {
      fields.array("outputs", kMaxOutputs, [&](auto& item, auto& where) { return read_output(item, where); });
    }
    fields.array("labels", limits_.labels, [&](auto& item, auto& where) {
      const auto* label = item.template as<std::string>();
      if (label == nullptr) return Status(StatusCode::bad_format, where + " is not a text.");
      labels.push_back(*label);
      return require_name(*label, limits_.name_bytes, where);
    });
    RHEO_RETURN_IF_ERROR(fields.finish());
    builder_.set_labels(std::move(labels));
    auto graph = builder_.build(Unneeded::keep);  // what was written is what is read: the hash tells them apart
    if (!graph) return blame_file(graph.status());
    return graph;
  }

 private:
  Status read_input(const JsonValue& item, const std::string& where) {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> dims;
    Preprocessing preprocessing;
    JsonFields fields(item, where);
    fields.name("name", name, limits_.name_bytes);
    fields.text("dtype", dtype, kCodeLimitBytes);
    fields.integers("shape", dims, Shape::kMaxRank);
    fields.real("scale", preprocessing.scale);
    fields.real("offset", preprocessing.offset);
    if (fields.has("crop")) fields.real("crop", preprocessing.crop, 0, 1);
    if (fields.has("channels")) {
      fields.array("channels", limits_.integers_per_attribute, [&](const JsonValue& channel, const std::string& place) {
        RHEO_ASSIGN_OR_RETURN(const std::vector<double> pair, reals_from(channel, 2, place));
        if (pair.size() != 2) return Status(StatusCode::bad_format, place + " is no scale and offset.");
        preprocessing.channels.push_back({pair[0], pair[1]});
        return Status();
      });
    }
    RHEO_RETURN_IF_ERROR(fields.finish());
    for (const std::int64_t dimension : dims) {
      if (dimension > limits_.dimension) {
        return Status(StatusCode::limit_exceeded, fmt::format("{} has a dimension of {}, more than the limit of {}.",
                                                              where, dimension, limits_.dimension));
      }
    }
    Result<DType> type = dtype_from_name(dtype);
    if (!type) return blame_file(type.status().with_context(where));
    return keep(name, builder_.add_input(name, {*type, Shape(std::span<const std::int64_t>(dims)), {}}, preprocessing),
                where);
  }

  Status read_constant(const JsonValue& item, const std::string& where) {
    std::string name;
    Quantization quantization;
    JsonFields fields(item, where);
    fields.name("name", name, limits_.name_bytes);
    if (fields.has("scales")) {
      fields.integer("axis", quantization.axis, 0, static_cast<std::int64_t>(Shape::kMaxRank) - 1);
      fields.array("scales", limits_.integers_per_attribute, [&](const JsonValue& scale, const std::string& place) {
        const auto* number = scale.as<double>();
        if (number == nullptr || !std::isfinite(static_cast<float>(*number))) {
          return Status(StatusCode::bad_format, place + " is no number that fits 32 bits.");
        }
        quantization.scales.push_back(static_cast<float>(*number));
        return Status();
      });
    }
    if (fields.has("zero_point")) fields.integer("zero_point", quantization.zero_point, -128, 255);
    RHEO_RETURN_IF_ERROR(fields.finish());
    auto tensor = tensors_.extract(name);
    if (tensor.empty()) {
      return Status(StatusCode::bad_format,
                    fmt::format("{} names the tensor '{}', which the file lacks.", where, name));
    }
    return keep(name, builder_.add_constant(name, std::move(tensor.mapped()), std::move(quantization)), where);
  }

  Status read_node(const JsonValue& item, const std::string& where) {
    std::string op;
    std::string name;
    std::string source;
    std::vector<ValueId> inputs;
    Attributes attributes;
    JsonFields fields(item, where);
    fields.text("op", op, kCodeLimitBytes);
    fields.name("name", name, limits_.name_bytes);
    fields.text("source", source, limits_.name_bytes);
    fields.array("inputs", kNodeInputLimit, [&](const JsonValue& input, const std::string& place) {
      return read_node_input(input, place, inputs);
    });
    if (const JsonValue* all = fields.value("attributes")) fields.note(read_attributes(*all, where, attributes));
    RHEO_RETURN_IF_ERROR(fields.finish());
    if (!source.empty()) RHEO_RETURN_IF_ERROR(require_name(source, limits_.name_bytes, where + ".source"));
    const Result<OpKind> kind = op_from_name(op);
    if (!kind) return Status(StatusCode::unsupported, fmt::format("{}: {}", where, kind.status().message()));
    return keep(name, builder_.add_node(*kind, inputs, std::move(attributes), name, std::move(source)), where);
  }

  Status read_node_input(const JsonValue& input, const std::string& where, std::vector<ValueId>& inputs) {
    if (input.is_null()) {
      inputs.push_back(kNoValue);
      return Status();
    }
    RHEO_ASSIGN_OR_RETURN(const ValueId value, find(input, where));
    inputs.push_back(value);
    return Status();
  }

  Status read_attributes(const JsonValue& item, const std::string& where, Attributes& attributes) {
    const auto* members = item.as<JsonValue::Object>();
    if (members == nullptr) return Status(StatusCode::bad_format, where + ".attributes is not an object.");
    if (members->size() > limits_.attributes_per_node) {
      return Status(StatusCode::limit_exceeded, fmt::format("{} has {} attributes, more than the limit of {}.", where,
                                                            members->size(), limits_.attributes_per_node));
    }
    for (const auto& [name, value] : *members) {
      RHEO_RETURN_IF_ERROR(require_name(name, limits_.name_bytes, where + ": the name of an attribute"));
      if (const auto* integer = value.as<std::int64_t>()) {
        attributes.set(name, *integer);
      } else if (const auto* real = value.as<double>()) {
        attributes.set(name, *real);
      } else if (const auto* text = value.as<std::string>()) {
        attributes.set(name, *text);
      } else {
        RHEO_ASSIGN_OR_RETURN(AttributeValue list, list_from(value, where + "." + name));
        attributes.set(name, std::move(list));
      }
    }
    return Status();
  }

  // A list with a fraction in it is one of reals; what an op wants is checked by its schema.
  Result<AttributeValue> list_from(const JsonValue& value, const std::string& where) {
    const auto* items = value.as<JsonValue::Array>();
    const bool has_fraction = items != nullptr && std::any_of(items->begin(), items->end(), [](const JsonValue& item) {
                                return item.as<double>() != nullptr;
                              });
    if (!has_fraction) {
      RHEO_ASSIGN_OR_RETURN(auto integers, integers_from(value, limits_.integers_per_attribute, where));
      return AttributeValue(std::move(integers));
    }
    RHEO_ASSIGN_OR_RETURN(auto reals, reals_from(value, limits_.integers_per_attribute, where));
    return AttributeValue(std::move(reals));
  }

  Status read_exit(const JsonValue& item, const std::string& where) {
    RHEO_ASSIGN_OR_RETURN(const GraphOutput exit, read_named_value(item, where));
    return blame_file(builder_.add_exit(exit.name, exit.value).with_context(where));
  }

  Status read_output(const JsonValue& item, const std::string& where) {
    RHEO_ASSIGN_OR_RETURN(const GraphOutput output, read_named_value(item, where));
    return blame_file(builder_.add_output(output.name, output.value).with_context(where));
  }

  Result<GraphOutput> read_named_value(const JsonValue& item, const std::string& where) const {
    GraphOutput named;
    JsonFields fields(item, where);
    fields.name("name", named.name, limits_.name_bytes);
    const JsonValue* value_name = fields.value("value");
    RHEO_RETURN_IF_ERROR(fields.finish());
    RHEO_ASSIGN_OR_RETURN(named.value, find(*value_name, where + ".value"));
    return named;
  }

  Result<ValueId> find(const JsonValue& item, const std::string& where) const {
    const auto* name = item.as<std::string>();
    if (name == nullptr) return Status(StatusCode::bad_format, where + " is not the name of a value.");
    const auto found = values_.find(*name);
    if (found != values_.end()) return found->second;
    return Status(StatusCode::bad_format, fmt::format("{} is '{}', which no input, constant or earlier node is called.",
                                                      where, name->substr(0, kCodeLimitBytes)));
  }

  Status keep(const std::string& name, const Result<ValueId>& value, const std::string& where) {
    if (!value) return blame_file(value.status().with_context(where));
    values_.emplace(name, *value);
    for (const ValueId output : builder_.outputs_of(*value)) values_.emplace(builder_.value_name(output), output);
    return Status();
  }

  NamedTensors& tensors_;
  const LoadLimits& limits_;
  GraphBuilder builder_;
  std::map<std::string, ValueId> values_;
};

// A name that could not be read back must not be written.
Status check_names(const Graph& graph) {
  const LoadLimits limits;
  Status status;
  const auto check = [&](std::string_view name, std::string_view what) {
    if (status.ok()) status = require_name(name, limits.name_bytes, what);
  };
  for (const Value& value : graph.values()) check(value.name, "The name of a value");
  for (const Node& node : graph.nodes()) {
    if (!node.source.empty()) check(node.source, "The source of node " + node.name);
  }
  for (const Exit& exit : graph.exits()) check(exit.name, "The name of an exit");
  for (const GraphOutput& output : graph.outputs()) check(output.name, "The name of an output");
  for (const std::string& label : graph.labels()) check(label, "A label");
  return status.ok() ? status : Status(StatusCode::invalid_argument, status.message());
}

}  // namespace

Result<std::string> graph_to_json(const Graph& graph, NamedTensors& tensors) {
  RHEO_RETURN_IF_ERROR(check_names(graph));
  Json root = {{"inputs", Json::array()},
               {"constants", Json::array()},
               {"nodes", Json::array()},
               {"exits", Json::array()},
               {"labels", graph.labels()}};
  for (const GraphInput& input : graph.inputs()) {
    const Value& value = graph.value(input.value);
    if (!value.type.quantization.empty()) {
      return Status(
          StatusCode::invalid_argument,
          fmt::format("Input '{}' is quantised; a package holds the model before it is lowered.", value.name));
    }
    root["inputs"].push_back({{"name", value.name},
                              {"dtype", name_of(value.type.dtype)},
                              {"shape", dims_of(value.type.shape)},
                              {"scale", input.preprocessing.scale},
                              {"offset", input.preprocessing.offset}});
    // Only where there is some, as with the outputs below.
    if (input.preprocessing.crop != 0) root["inputs"].back()["crop"] = input.preprocessing.crop;
    for (const ChannelScale& channel : input.preprocessing.channels) {
      root["inputs"].back()["channels"].push_back({channel.scale, channel.offset});
    }
  }
  for (const Value& value : graph.values()) {
    if (!value.is_constant()) continue;
    Json constant = {{"name", value.name}};
    if (!value.type.quantization.empty()) {
      constant["scales"] = value.type.quantization.scales;
      constant["axis"] = value.type.quantization.axis;
      if (value.type.quantization.zero_point != 0) constant["zero_point"] = value.type.quantization.zero_point;
    }
    root["constants"].push_back(std::move(constant));
    if (!tensors.emplace(value.name, value.constant).second) {
      return Status(StatusCode::invalid_argument,
                    fmt::format("The tensor name '{}' is taken; rename that constant.", value.name));
    }
  }
  for (const Node& node : graph.nodes()) root["nodes"].push_back(node_to_json(graph, node));
  for (const Exit& exit : graph.exits()) {
    root["exits"].push_back({{"name", exit.name}, {"value", graph.value(exit.value).name}});
  }
  // Only where there are some, so that packages of other models stay readable by libraries that know no outputs.
  for (const GraphOutput& output : graph.outputs()) {
    root["outputs"].push_back({{"name", output.name}, {"value", graph.value(output.value).name}});
  }
  return root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::shared_ptr<const Graph>> graph_from_json(const std::string& text, NamedTensors& tensors,
                                                     const LoadLimits& limits) {
  Result<JsonValue> root = parse_json(text, limits);
  if (!root) return root.status().with_context("graph");
  return GraphReader(tensors, limits).read(*root);
}

}  // namespace rheo
