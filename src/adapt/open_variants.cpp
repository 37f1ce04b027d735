// SPDX-License-Identifier: Apache-2.0
#include "adapt/open_variants.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "adapt/open_model.h"
#include "base/try.h"
#include "estimate/calibrated.h"
#include "transform/resize_input.h"

namespace rheo {

namespace {

constexpr std::size_t kMostModels = 8;

const TensorType& input_of(const Graph& graph) { return graph.value(graph.inputs().front().value).type; }
const TensorType& answer_of(const Graph& graph) { return graph.value(graph.exits().back().value).type; }

// Paths are compared by the class they answer with. All exits answer alike: the graph has seen to that.
Status check_classifier(const Graph& graph, const std::string& model, const AdaptOptions& options) {
  const TensorType& answer = answer_of(graph);
  const Shape& logits = answer.shape;
  if (graph.inputs().size() != 1 || answer.dtype != DType::f32 || logits.rank() != 2 || logits[1] < 2) {
    return {StatusCode::unsupported,
            fmt::format("'{}' has {} inputs and answers {} {}; adapt takes classifiers with one input and f32 answers "
                        "[batch, classes] of at least two classes. What is no classifier has to name its loss, and the "
                        "only loss that adapt knows is another class than the reference path's.",
                        model, graph.inputs().size(), name_of(answer.dtype), logits.to_string())};
  }
  if (options.use_estimator && logits[1] > CalibratedModel::kMaxClasses) {
    return {StatusCode::limit_exceeded,
            fmt::format("'{}' has {} classes; the calibrated estimator is for at most {}. Switch the estimator off.",
                        model, logits[1], CalibratedModel::kMaxClasses)};
  }
  return {};
}

// Items run one by one; more at once are not needed.
Status check_batch(const Graph& graph, const std::string& model) {
  std::vector<ValueId> ends = {graph.inputs().front().value};
  for (const GivenOut& out : given_out(graph)) ends.push_back(out.value);
  for (const ValueId end : ends) {
    const Shape& shape = graph.value(end).type.shape;
    if (shape.rank() > 0 && (shape[0] == kDynamic || shape[0] == 1)) continue;
    return {StatusCode::unsupported,
            fmt::format("'{}' was not exported for one item at a time: '{}' has the shape {}. Export it with an open "
                        "batch (-1) as dimension 0.",
                        model, graph.value(end).name, shape.to_string())};
  }
  return {};
}

bool same_item(const Shape& a, const Shape& b) {
  return a.rank() == b.rank() && std::equal(a.dims().begin() + 1, a.dims().end(), b.dims().begin() + 1);
}

// The smaller model's input is made of what a request brings, which is an input of the large one.
Status check_input(const std::string& small_file, const Graph& small, const std::string& file, const Graph& large) {
  const auto misfit = [&](const std::string& why) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("'{}' takes {} {}, '{}' takes {} {}: {}", small_file, name_of(input_of(small).dtype),
                              input_of(small).shape.to_string(), file, name_of(input_of(large).dtype),
                              input_of(large).shape.to_string(), why));
  };
  const Shape& from = input_of(large).shape;
  const Shape& to = input_of(small).shape;
  if (input_of(small).dtype != input_of(large).dtype) return misfit("models of one ladder share the type of elements.");
  if (!same_item(from, to)) {
    const auto given = picture_size(large);
    const auto own = picture_size(small);
    if (!given.ok() || !own.ok() || from[1] != to[1]) {
      return misfit("models of one ladder take inputs of one shape, or pictures with as many channels.");
    }
    if (const auto made = resize_input(std::make_shared<const Graph>(small), *given, {}); !made.ok()) {
      return misfit("the input of a smaller model is made of that of the last one. " + made.status().message());
    }
  }
  const Preprocessing& stored = small.inputs().front().preprocessing;
  if (stored == large.inputs().front().preprocessing) return {};
  return misfit("but stored bytes become the inputs of the one and of the other by different scales and offsets.");
}

Status check_classes(const std::string& small_file, const Graph& small, const std::string& file, const Graph& large) {
  const std::int64_t few = answer_of(small).shape[1];
  const std::int64_t many = answer_of(large).shape[1];
  if (few != many) {
    return {StatusCode::invalid_argument,
            fmt::format("'{}' knows {} classes, '{}' knows {}; models of one ladder answer with the same classes.",
                        small_file, few, file, many)};
  }
  const auto a = small.labels();
  const auto b = large.labels();
  if (a.empty() || b.empty()) return {};
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end() && other == b.end()) return {};
  return {StatusCode::invalid_argument,
          fmt::format("Class {} is '{}' in '{}' and '{}' in '{}'; models of one ladder name their classes alike.",
                      at - a.begin(), at == a.end() ? "" : *at, small_file, other == b.end() ? "" : *other, file)};
}

// The file's own name without folder and ending; with a number where two are called alike.
std::string name_after(const std::string& file, const std::vector<Variant>& named) {
  const std::string stem = std::filesystem::path(file).stem().string();
  std::string name = stem;
  for (int number = 2; std::ranges::any_of(named, [&](const Variant& v) { return v.name == name; }); ++number) {
    name = fmt::format("{}.{}", stem, number);
  }
  return name;
}

}  // namespace

Result<std::vector<Variant>> open_variants(const std::string& model, const AdaptOptions& options) {
  std::vector<std::string> files = options.smaller_models;
  files.push_back(model);
  if (files.size() > kMostModels) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("A ladder of {} models was asked for; at most {} make sense.", files.size(), kMostModels));
  }
  std::vector<Variant> variants;
  for (const std::string& file : files) {
    ModelOptions reading = options.model;
    if (&file != &files.back()) reading.weights.clear();  // they are the last model's
    RHEO_ASSIGN_OR_RETURN(Package package, open_model(file, reading, {}));
    RHEO_RETURN_IF_ERROR(check_classifier(*package.graph, file, options));
    RHEO_RETURN_IF_ERROR(check_batch(*package.graph, file));
    const std::string name = files.size() == 1 ? std::string() : name_after(file, variants);
    variants.push_back({.name = name, .graph = std::move(package.graph)});
  }
  const Graph& last = *variants.back().graph;
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    RHEO_RETURN_IF_ERROR(check_input(files[i], *variants[i].graph, model, last));
    RHEO_RETURN_IF_ERROR(check_classes(files[i], *variants[i].graph, model, last));
  }
  return variants;
}

}  // namespace rheo
