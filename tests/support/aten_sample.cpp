// SPDX-License-Identifier: Apache-2.0
#include "support/aten_sample.h"

#include "base/try.h"
#include "load/aten/translation.h"
#include "support/graph_checks.h"
#include "support/interpreter.h"

namespace rheo::testing {

using aten::Argument;
using aten::ValueName;

Argument value_named(std::string name) { return Argument(ValueName{std::move(name)}); }

Argument values_named(std::vector<std::string> names) {
  Argument::List list;
  for (std::string& name : names) list.push_back(name.empty() ? Argument() : value_named(std::move(name)));
  return Argument(std::move(list));
}

Argument number(std::int64_t value) { return Argument(value); }
Argument real(double value) { return Argument(value); }
Argument truth(bool value) { return Argument(value); }
Argument text(std::string value) { return Argument(std::move(value)); }

Argument numbers(std::vector<std::int64_t> values) {
  Argument::List list;
  for (const std::int64_t value : values) list.push_back(number(value));
  return Argument(std::move(list));
}

AtenSample& AtenSample::input(std::string name, DType dtype, const Shape& shape) {
  inputs_.push_back({std::move(name), {dtype, shape, {}}});
  return *this;
}

AtenSample& AtenSample::constant(std::string name, Tensor elements) {
  constants_.emplace_back(std::move(name), std::move(elements));
  return *this;
}

AtenSample& AtenSample::node(std::string target, AtenArguments arguments, std::vector<std::string> outputs) {
  nodes_.push_back({std::move(target), std::move(arguments), std::move(outputs), {}, {}});
  return *this;
}

AtenSample& AtenSample::output(std::string name) {
  outputs_.push_back(std::move(name));
  return *this;
}

Result<std::shared_ptr<const Graph>> AtenSample::translate(const LoadLimits& limits) const {
  aten::Translation translation(limits);
  for (const Input& input : inputs_) {
    RHEO_ASSIGN_OR_RETURN(ImportValue value, translation.emitter().add_input(input.name, input.type));
    translation.scope().set(input.name, std::move(value));
  }
  for (const auto& [name, elements] : constants_) translation.scope().set(name, ImportValue::known(elements));
  for (const aten::Node& node : nodes_) RHEO_RETURN_IF_ERROR(translation.add(node));
  RHEO_RETURN_IF_ERROR(translation.missing());
  for (const std::string& output : outputs_) {
    ImportValue& value = *translation.scope().find(output);
    const bool is_answer = &output == &outputs_.front();
    RHEO_RETURN_IF_ERROR(is_answer ? translation.emitter().add_exit(output, value)
                                   : translation.emitter().add_output(output, value));
  }
  return translation.emitter().builder().build();
}

std::vector<Tensor> AtenSample::answers(const std::vector<Tensor>& inputs) const {
  return interpret_given_out(*graph(), inputs).value();
}

Shape AtenSample::shape() const {
  const auto made = graph();
  return made->value(made->exits()[0].value).type.shape;
}

std::vector<std::string> AtenSample::ops() const { return kinds(*graph()); }

AtenSample one_aten(const std::string& target, const std::vector<std::pair<std::string, Shape>>& inputs,
                    AtenArguments arguments) {
  AtenSample sample;
  AtenArguments all;
  for (const auto& [name, shape] : inputs) {
    sample.input(name, DType::f32, shape);
    all.emplace_back(name, value_named(name));
  }
  for (auto& argument : arguments) all.push_back(std::move(argument));
  sample.node(target, std::move(all)).output("y");
  return sample;
}

}  // namespace rheo::testing
