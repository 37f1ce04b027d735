// SPDX-License-Identifier: Apache-2.0
#include "support/onnx_sample.h"

#include <memory>
#include <utility>

#include "load/model_card.h"
#include "support/interpreter.h"

namespace rheo::testing {
namespace {

onnx::ElementType element_type(DType dtype) {
  switch (dtype) {
    case DType::f32: return onnx::ElementType::f32;
    case DType::bf16: return onnx::ElementType::bf16;
    case DType::f16: return onnx::ElementType::f16;
    case DType::i8: return onnx::ElementType::i8;
    case DType::u8: return onnx::ElementType::u8;
    case DType::i32: return onnx::ElementType::i32;
    case DType::i64: return onnx::ElementType::i64;
    case DType::boolean: return onnx::ElementType::boolean;
  }
  return onnx::ElementType::undefined;
}

onnx::Attribute attribute_of(std::string name, onnx::Attribute::Kind kind) {
  onnx::Attribute attribute;
  attribute.name = std::move(name);
  attribute.kind = kind;
  return attribute;
}

}  // namespace

onnx::Attribute real_attribute(std::string name, float value) {
  onnx::Attribute attribute = attribute_of(std::move(name), onnx::Attribute::Kind::real);
  attribute.real = value;
  return attribute;
}

onnx::Attribute integer_attribute(std::string name, std::int64_t value) {
  onnx::Attribute attribute = attribute_of(std::move(name), onnx::Attribute::Kind::integer);
  attribute.integer = value;
  return attribute;
}

onnx::Attribute text_attribute(std::string name, std::string value) {
  onnx::Attribute attribute = attribute_of(std::move(name), onnx::Attribute::Kind::text);
  attribute.text = std::move(value);
  return attribute;
}

onnx::Attribute integers_attribute(std::string name, std::vector<std::int64_t> values) {
  onnx::Attribute attribute = attribute_of(std::move(name), onnx::Attribute::Kind::integers);
  attribute.integers = std::move(values);
  return attribute;
}

onnx::Attribute graph_attribute(std::string name, onnx::Graph graph) {
  onnx::Attribute attribute = attribute_of(std::move(name), onnx::Attribute::Kind::graph);
  attribute.graph = std::make_shared<const onnx::Graph>(std::move(graph));
  return attribute;
}

onnx::Attribute parameter_attribute(std::string name, std::string parameter, onnx::Attribute::Kind kind) {
  onnx::Attribute attribute = attribute_of(std::move(name), kind);
  attribute.parameter = std::move(parameter);
  return attribute;
}

OnnxSample::OnnxSample(std::int64_t opset) { model_.operator_sets.push_back({"", opset}); }

OnnxSample& OnnxSample::input(std::string name, onnx::ElementType type, const std::vector<std::string>& dimensions) {
  onnx::ValueInfo info{.name = std::move(name), .type = type, .shape = std::vector<onnx::Dimension>()};
  for (const std::string& text : dimensions) {
    onnx::Dimension dimension;
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
      dimension.size = std::stoll(text);
    } else {
      dimension.name = text;
    }
    info.shape->push_back(dimension);
  }
  model_.graph.inputs.push_back(std::move(info));
  return *this;
}

OnnxSample& OnnxSample::constant(std::string name, const Tensor& elements) {
  const auto owner = std::make_shared<const Tensor>(elements);
  const auto* bytes = static_cast<const std::byte*>(owner->data());
  model_.graph.initializers.push_back({.name = std::move(name),
                                       .type = element_type(elements.dtype()),
                                       .shape = elements.shape(),
                                       .bytes = {bytes, owner->size_bytes()},
                                       .owner = owner});
  return *this;
}

OnnxSample& OnnxSample::integers(std::string name, std::vector<std::int64_t> elements) {
  const Shape shape{static_cast<std::int64_t>(elements.size())};
  return constant(std::move(name), Tensor::copy_of(TensorView(std::span<const std::int64_t>(elements), shape)).value());
}

OnnxSample& OnnxSample::node(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
                             std::vector<onnx::Attribute> attributes) {
  model_.graph.nodes.push_back({.op = std::move(op),
                                .domain = {},
                                .name = {},
                                .inputs = std::move(inputs),
                                .outputs = std::move(outputs),
                                .attributes = std::move(attributes)});
  return *this;
}

OnnxSample& OnnxSample::in_domain(std::string domain) {
  model_.graph.nodes.back().domain = std::move(domain);
  return *this;
}

OnnxSample& OnnxSample::call(std::string function, std::vector<std::string> inputs, std::vector<std::string> outputs,
                             std::vector<onnx::Attribute> attributes) {
  return node(std::move(function), std::move(inputs), std::move(outputs), std::move(attributes)).in_domain("own");
}

OnnxSample& OnnxSample::function(onnx::Function function) {
  model_.functions.push_back(std::move(function));
  return *this;
}

OnnxSample& OnnxSample::output(std::string name) {
  model_.graph.outputs.emplace_back().name = std::move(name);
  return *this;
}

OnnxSample& OnnxSample::card(std::string text) {
  model_.metadata.emplace_back(kModelCardKey, std::move(text));
  return *this;
}

std::shared_ptr<const Graph> OnnxSample::graph(const ModelOptions& options) const {
  return onnx::import_graph(model_, options).value();
}

Status OnnxSample::refusal(const ModelOptions& options, const LoadLimits& limits) const {
  return onnx::import_graph(model_, options, {}, limits).status();
}

std::vector<Tensor> OnnxSample::answers(const std::vector<Tensor>& inputs, const ModelOptions& options) const {
  const std::shared_ptr<const Graph> translated = graph(options);
  const std::vector<Tensor> values = interpret(*translated, inputs).value();
  std::vector<Tensor> answers = {values[translated->exits().back().value]};
  for (const GraphOutput& output : translated->outputs()) answers.push_back(values[output.value]);
  return answers;
}

}  // namespace rheo::testing
