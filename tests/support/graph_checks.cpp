// SPDX-License-Identifier: Apache-2.0
#include "support/graph_checks.h"

#include <algorithm>
#include <cmath>

#include "support/interpreter.h"

namespace rheo::testing {

std::vector<std::string> kinds(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) {
    if (graph.is_needed(node)) names.emplace_back(name_of(node.kind));
  }
  return names;
}

int count_kind(const Graph& graph, OpKind kind) {
  return static_cast<int>(std::ranges::count(kinds(graph), name_of(kind)));
}

const Node* find_node(const Graph& graph, std::string_view name) {
  for (const Node& node : graph.nodes()) {
    if (node.name == name && graph.is_needed(node)) return &node;
  }
  return nullptr;
}

const Value* find_value(const Graph& graph, std::string_view name) {
  for (const Value& value : graph.values()) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

Ranges observed_ranges(const Graph& graph, std::span<const Tensor> inputs) {
  const std::vector<Tensor> values = interpret(graph, inputs).value();
  Ranges ranges;
  for (std::size_t id = 0; id < values.size(); ++id) {
    if (values[id].dtype() != DType::f32 || graph.values()[id].is_constant()) continue;
    const std::span<const float> elements = values[id].as<float>();
    const auto [low, high] = std::ranges::minmax_element(elements);
    ranges[graph.values()[id].name] = {*low, *high};
  }
  return ranges;
}

double largest_difference(const Graph& before, const Graph& after, std::span<const Tensor> inputs) {
  const std::vector<Tensor> expected = interpret_exits(before, inputs).value();
  const std::vector<Tensor> actual = interpret_exits(after, inputs).value();
  double worst = 0;
  for (std::size_t exit = 0; exit < expected.size(); ++exit) {
    const std::span<const float> want = expected[exit].as<float>();
    const std::span<const float> got = actual.at(exit).as<float>();
    double largest = 1e-6;
    double difference = want.size() == got.size() ? 0 : INFINITY;
    for (std::size_t index = 0; index < want.size() && index < got.size(); ++index) {
      largest = std::max(largest, std::abs(double{want[index]}));
      const double distance = std::abs(double{want[index]} - double{got[index]});
      difference = std::isfinite(distance) ? std::max(difference, distance) : INFINITY;
    }
    worst = std::max(worst, difference / largest);
  }
  return worst;
}

::testing::AssertionResult same_answers(const Graph& before, const Graph& after, std::span<const Tensor> inputs,
                                        double tolerance) {
  if (before.exits().size() != after.exits().size()) return ::testing::AssertionFailure() << "other number of exits";
  for (std::size_t exit = 0; exit < before.exits().size(); ++exit) {
    if (before.exits()[exit].name != after.exits()[exit].name) {
      return ::testing::AssertionFailure() << "exit " << exit << " is called " << after.exits()[exit].name;
    }
  }
  const double difference = largest_difference(before, after, inputs);
  if (difference <= tolerance) return ::testing::AssertionSuccess() << "differs by " << difference;
  return ::testing::AssertionFailure() << "answers differ by " << difference << " of the largest, allowed "
                                       << tolerance;
}

namespace {

double element(const Tensor& tensor, std::size_t index) {
  return tensor.dtype() == DType::i64 ? static_cast<double>(tensor.as<std::int64_t>()[index])
                                      : double{tensor.as<float>()[index]};
}

}  // namespace

::testing::AssertionResult same_outputs(const Graph& before, const Graph& after, std::span<const Tensor> inputs,
                                        double tolerance) {
  const std::vector<Tensor> expected = interpret_given_out(before, inputs).value();
  const std::vector<Tensor> actual = interpret_given_out(after, inputs).value();
  const std::vector<GivenOut> places = given_out(before);
  if (actual.size() != expected.size()) return ::testing::AssertionFailure() << "other number of outputs";
  const std::size_t exits = before.exits().size();
  for (std::size_t i = exits; i < expected.size(); ++i) {
    const std::string& name = before.outputs()[i - exits].name;
    const auto differs = [&] { return ::testing::AssertionFailure() << "output '" << name << "': "; };
    if (after.outputs()[i - exits].name != name) return differs() << "is called " << after.outputs()[i - exits].name;
    if (given_out(after)[i].stage != places[i].stage) return differs() << "is in stage " << given_out(after)[i].stage;
    if (actual[i].dtype() != expected[i].dtype() || actual[i].shape() != expected[i].shape()) {
      return differs() << "is " << name_of(actual[i].dtype()) << " " << actual[i].shape().to_string();
    }
    double largest = 1e-6;
    double difference = 0;
    const auto count = static_cast<std::size_t>(expected[i].shape().elements());
    for (std::size_t e = 0; e < count; ++e) {
      largest = std::max(largest, std::abs(element(expected[i], e)));
      difference = std::max(difference, std::abs(element(expected[i], e) - element(actual[i], e)));
    }
    const double allowed = tolerance * largest + (expected[i].dtype() == DType::i64 ? 1 : 0);
    if (difference > allowed) return differs() << "differs by " << difference << " of " << largest;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace rheo::testing
