// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/try.h"
#include "load/aten/in_place.h"
#include "load/json_fields.h"

namespace rheo::pt2 {
namespace {

constexpr std::int64_t kSchema = 8;

Status unsupported(const std::string& where, std::string_view what) {
  return {StatusCode::unsupported, fmt::format("{} {}.", where, what)};
}

Status check_version(JsonFields& root) {
  const JsonValue* version = root.value("schema_version");
  if (version == nullptr) return root.finish_open();
  JsonFields fields(*version, "schema_version");
  std::int64_t major = 0;
  fields.integer("major", major, 0, 1'000'000);
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  if (major == kSchema) return {};
  return {StatusCode::unsupported, fmt::format("The program is of schema {}; Rheo reads {}. Export the model with a "
                                               "PyTorch from 2.8 on that writes this schema.",
                                               major, kSchema)};
}

// The file writes "torch.ops.aten.add.Tensor"; "_operator.mul" stays.
std::string target_of(std::string_view written) {
  constexpr std::string_view kPrefix = "torch.ops.";
  return std::string(written.starts_with(kPrefix) ? written.substr(kPrefix.size()) : written);
}

// Names of what a node makes: tensors, numbers, lists of them.
Status add_output(const JsonValue& value, const std::string& where, aten::Node& node) {
  RHEO_ASSIGN_OR_RETURN(const aten::Argument output, parse_argument(value, where));
  const std::size_t before = node.outputs.size();
  aten::for_each_value(output, [&](const std::string& name) { node.outputs.push_back(name); });
  if (node.outputs.size() == before) node.outputs.emplace_back();  // None
  return {};
}

// Where the model's author wrote the operation: the last "File "x.py", line 3" of the trace that the file keeps.
std::string source_of(const JsonValue* metadata) {
  if (metadata == nullptr) return {};
  JsonFields fields(*metadata, "metadata");
  std::string trace;
  if (fields.has("nn_module_stack")) fields.text("nn_module_stack", trace, LoadLimits().text_bytes);
  if (!fields.ok()) return {};
  // "L__self__,,Net;L__self__layer1,layer1.0.conv1,torch.nn.Conv2d": the middle of the last one is the layer.
  const std::size_t last = trace.rfind(';') == std::string::npos ? 0 : trace.rfind(';') + 1;
  const std::size_t from = trace.find(',', last);
  const std::size_t to = from == std::string::npos ? from : trace.find(',', from + 1);
  if (to == std::string::npos) return {};
  std::string layer = trace.substr(from + 1, to - from - 1);
  return require_name(layer, LoadLimits().name_bytes, "A layer").ok() ? layer : std::string();
}

Result<aten::Node> parse_node(const JsonValue& value, const std::string& place) {
  JsonFields fields(value, place);
  aten::Node node;
  std::string written;
  fields.name("target", written, LoadLimits().name_bytes);
  node.target = target_of(written);
  const std::string where = fmt::format("{} ({})", place, node.target);
  fields.array("inputs", LoadLimits().attributes_per_node, [&](const JsonValue& item, const std::string&) -> Status {
    JsonFields input(item, where);
    std::string name;
    input.text("name", name, LoadLimits().name_bytes);
    const JsonValue* given = input.value("arg");
    RHEO_RETURN_IF_ERROR(input.finish_open());
    RHEO_ASSIGN_OR_RETURN(aten::Argument argument, parse_argument(*given, fmt::format("{}, '{}'", where, name)));
    node.arguments.emplace_back(std::move(name), std::move(argument));
    return {};
  });
  fields.array("outputs", LoadLimits().integers_per_attribute,
               [&](const JsonValue& item, const std::string&) { return add_output(item, where, node); });
  if (fields.has("metadata")) node.source = source_of(fields.value("metadata"));
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  if (!node.outputs.empty()) node.name = node.outputs.front();
  return node;
}

// {"arg": {"name": "p_x"}, "parameter_name": "x"}: value and name of a weight.
Status add_weight(const JsonValue& value, std::string_view field, const std::string& where, Program& program) {
  JsonFields fields(value, where);
  ProgramWeight weight;
  if (const JsonValue* arg = fields.value("arg")) {
    RHEO_ASSIGN_OR_RETURN(weight.value, name_in(*arg, where));
  }
  fields.name(field, weight.name, LoadLimits().name_bytes);
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  program.weights.push_back(std::move(weight));
  return {};
}

Status add_user_input(const JsonValue& value, const std::string& where, Program& program) {
  JsonFields fields(value, where);
  const JsonValue* arg = fields.value("arg");
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(*arg, where));
  if (content.tag == "as_tensor") {
    RHEO_ASSIGN_OR_RETURN(std::string name, name_in(*content.value, where));
    program.inputs.push_back({std::move(name), {}});
    return {};
  }
  constexpr std::string_view kFixed[] = {"as_none", "as_int", "as_float", "as_bool", "as_string"};
  if (std::find(std::begin(kFixed), std::end(kFixed), content.tag) != std::end(kFixed)) return {};
  return unsupported(where, fmt::format("is an input that is no tensor ('{}')", content.tag));
}

Status add_input(const JsonValue& value, const std::string& where, Program& program) {
  RHEO_ASSIGN_OR_RETURN(const Tagged spec, tagged(value, where));
  if (spec.tag == "user_input") return add_user_input(*spec.value, where, program);
  if (spec.tag == "parameter") return add_weight(*spec.value, "parameter_name", where, program);
  if (spec.tag == "buffer") return add_weight(*spec.value, "buffer_name", where, program);
  if (spec.tag == "tensor_constant") return add_weight(*spec.value, "tensor_constant_name", where, program);
  if (spec.tag == "constant_input") return {};  // was the same for every call when the model was exported
  return unsupported(where, fmt::format("is an input of a kind that Rheo does not take ('{}')", spec.tag));
}

Status add_program_output(const JsonValue& value, const std::string& where, Program& program) {
  RHEO_ASSIGN_OR_RETURN(const Tagged spec, tagged(value, where));
  if (spec.tag != "user_output") {
    return unsupported(where, fmt::format("is more than an answer ('{}'): Rheo keeps nothing between runs", spec.tag));
  }
  JsonFields fields(*spec.value, where);
  const JsonValue* arg = fields.value("arg");
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  RHEO_ASSIGN_OR_RETURN(const Tagged content, tagged(*arg, where));
  if (content.tag == "as_none") return {};
  if (content.tag != "as_tensor") return unsupported(where, fmt::format("is no tensor ('{}')", content.tag));
  RHEO_ASSIGN_OR_RETURN(std::string name, name_in(*content.value, where));
  program.outputs.push_back(std::move(name));
  return {};
}

Status read_signature(const JsonValue& value, const LoadLimits& limits, Program& program) {
  JsonFields fields(value, "signature");
  fields.array("input_specs", limits.tensors,
               [&](const JsonValue& item, const std::string& where) { return add_input(item, where, program); });
  fields.array("output_specs", limits.inputs, [&](const JsonValue& item, const std::string& where) {
    return add_program_output(item, where, program);
  });
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  if (program.inputs.size() > limits.inputs) {
    return {StatusCode::limit_exceeded,
            fmt::format("The model has {} inputs, more than the limit of {}.", program.inputs.size(), limits.inputs)};
  }
  return {};
}

// Types of what comes from outside and of what is given out; the others are inferred.
Status read_metas(const JsonValue& value, Program& program) {
  const auto* members = value.as<JsonValue::Object>();
  if (members == nullptr) return {StatusCode::bad_format, "graph.tensor_values is no object."};
  std::set<std::string_view> wanted;
  for (const ProgramInput& input : program.inputs) wanted.insert(input.name);
  for (const ProgramWeight& weight : program.weights) wanted.insert(weight.value);
  for (const std::string& output : program.outputs) wanted.insert(output);
  for (const auto& [name, meta] : *members) {
    if (!wanted.contains(name)) continue;
    RHEO_ASSIGN_OR_RETURN(program.metas[name], parse_tensor_meta(meta, fmt::format("tensor_values '{}'", name)));
  }
  for (ProgramInput& input : program.inputs) {
    const auto found = program.metas.find(input.name);
    if (found == program.metas.end()) {
      return {StatusCode::bad_format, fmt::format("The type of the input '{}' is not declared.", input.name)};
    }
    input.meta = found->second;
  }
  return {};
}

Status read_graph(const JsonValue& value, const LoadLimits& limits, Program& program) {
  JsonFields fields(value, "graph");
  fields.array("nodes", limits.nodes, [&](const JsonValue& item, const std::string& where) -> Status {
    RHEO_ASSIGN_OR_RETURN(aten::Node node, parse_node(item, where));
    program.nodes.push_back(std::move(node));
    return {};
  });
  const JsonValue* metas = fields.value("tensor_values");
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  return read_metas(*metas, program);
}

// Open ends are written as null or -1.
Status read_constraints(const JsonValue& value, Program& program) {
  const auto* members = value.as<JsonValue::Object>();
  if (members == nullptr) return {StatusCode::bad_format, "range_constraints is no object."};
  for (const auto& [symbol, range] : *members) {
    const auto* ends = range.as<JsonValue::Object>();
    if (ends == nullptr) return {StatusCode::bad_format, fmt::format("range_constraints.{} is no object.", symbol)};
    Range limits{0, std::numeric_limits<std::int64_t>::max()};
    for (const auto& [end, number] : *ends) {
      const auto* whole = number.as<std::int64_t>();
      if (whole == nullptr || *whole < 0) continue;
      (end == "min_val" ? limits.low : limits.high) = *whole;
    }
    program.constraints[symbol] = limits;
  }
  return {};
}

// Every name is given once, before it is read.
Status check_names(const Program& program) {
  std::set<std::string_view> names;
  const auto add = [&](const std::string& name) {
    if (name.empty() || names.insert(name).second) return Status();
    return Status(StatusCode::bad_format, fmt::format("The value '{}' is made twice.", name));
  };
  for (const ProgramInput& input : program.inputs) RHEO_RETURN_IF_ERROR(add(input.name));
  for (const ProgramWeight& weight : program.weights) RHEO_RETURN_IF_ERROR(add(weight.value));
  const std::string* unknown = nullptr;
  for (const aten::Node& node : program.nodes) {
    aten::for_each_value(node, [&](const std::string& name) {
      if (!names.contains(name)) unknown = &name;
    });
    for (const std::string& output : node.outputs) RHEO_RETURN_IF_ERROR(add(output));
  }
  for (const std::string& output : program.outputs) {
    if (!names.contains(output)) unknown = &output;
  }
  if (unknown == nullptr) return {};
  return {StatusCode::bad_format, fmt::format("Nothing makes the value '{}' before it is read.", *unknown)};
}

Status make_functional(Program& program) {
  std::set<std::string> weights;
  for (const ProgramWeight& weight : program.weights) weights.insert(weight.value);
  return aten::make_functional(program.nodes, program.outputs, weights);
}

}  // namespace

Result<Program> parse_program(std::string_view json, const LoadLimits& limits) {
  // A value of the tree takes forty bytes: an honest program has one for seventeen of its own.
  constexpr std::size_t kLeastBytesPerValue = 6;
  LoadLimits values = limits;
  values.json_values = std::min(limits.json_values, json.size() / kLeastBytesPerValue + 4096);
  RHEO_ASSIGN_OR_RETURN(const JsonValue tree, parse_json(json, values));
  JsonFields root(tree, "The program");
  RHEO_RETURN_IF_ERROR(check_version(root));
  const JsonValue* module = root.value("graph_module");
  const JsonValue* constraints = root.has("range_constraints") ? root.value("range_constraints") : nullptr;
  RHEO_RETURN_IF_ERROR(root.finish_open());
  JsonFields fields(*module, "graph_module");
  const JsonValue* graph = fields.value("graph");
  const JsonValue* signature = fields.value("signature");
  RHEO_RETURN_IF_ERROR(fields.finish_open());
  Program program;
  RHEO_RETURN_IF_ERROR(read_signature(*signature, limits, program));
  RHEO_RETURN_IF_ERROR(read_graph(*graph, limits, program));
  if (constraints != nullptr) RHEO_RETURN_IF_ERROR(read_constraints(*constraints, program));
  RHEO_RETURN_IF_ERROR(check_names(program));
  if (program.outputs.empty()) return Status(StatusCode::bad_format, "The model has no output.");
  RHEO_RETURN_IF_ERROR(make_functional(program));
  return program;
}

}  // namespace rheo::pt2
