// SPDX-License-Identifier: Apache-2.0
#include "transform/resize_input.h"

#include <fmt/format.h>

#include <limits>

#include "base/try.h"
#include "op/resize.h"

namespace rheo {
namespace {

constexpr std::size_t kHeight = 2;
constexpr std::size_t kWidth = 3;

Status check_smaller(Resolution given, Resolution computed) {
  const auto fits = [](int from, int to) { return to <= from && to * kSmallestAveragedScale >= from; };
  if (fits(given.height, computed.height) && fits(given.width, computed.width)) return {};
  return {StatusCode::invalid_argument,
          fmt::format("Pictures of {0} cannot be made {1} for a path: its size is at most the given one and at least "
                      "1/{2} of it.",
                      given.to_string(), computed.to_string(), kSmallestAveragedScale)};
}

// What leaves the graph must be what left it before: whoever reads an answer knows nothing of sizes.
Status check_given_out(const Graph& own, const Graph& resized) {
  const std::vector<GivenOut> before = given_out(own);
  const std::vector<GivenOut> after = given_out(resized);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Value& value = own.value(before[i].value);
    const Shape& shape = resized.value(after[i].value).type.shape;
    if (value.type.shape == shape) continue;
    return {StatusCode::unsupported, fmt::format("'{}' would be {} instead of {}: what the model gives out depends on "
                                                 "the size of the picture.",
                                                 value.name, shape.to_string(), value.type.shape.to_string())};
  }
  return {};
}

Result<GraphPointer> rebuilt(const Graph& graph, Resolution given, Resolution computed) {
  const GraphInput& input = graph.inputs().front();
  TensorType type = graph.value(input.value).type;
  type.shape[kHeight] = given.height;
  type.shape[kWidth] = given.width;
  RHEO_ASSIGN_OR_RETURN(Rewriter rewriter, Rewriter::create(graph, std::span(&type, 1)));
  if (given != computed) {
    RHEO_ASSIGN_OR_RETURN(const ValueId picture, rewriter.mapped(input.value));
    const Attributes attributes = {{"sizes", std::vector<std::int64_t>{computed.height, computed.width}},
                                   {"mode", std::string("linear")},
                                   {"antialias", std::int64_t{1}},
                                   {"exclude_outside", std::int64_t{1}}};
    const std::string name = rewriter.fresh_name(fmt::format("{}@{}", input.name, computed.to_string()));
    RHEO_ASSIGN_OR_RETURN(const ValueId small, rewriter.emit(OpKind::resize, {picture}, attributes, name, {}));
    rewriter.stand_in(input.value, small);
  }
  for (const Node& node : graph.nodes()) {
    if (!graph.is_needed(node)) continue;
    const Status copied = rewriter.copy(node);
    if (copied.ok()) continue;
    return Status(StatusCode::unsupported, fmt::format("The model works for its own size of pictures alone, not for "
                                                       "{}: {}",
                                                       computed.to_string(), copied.message()));
  }
  RHEO_ASSIGN_OR_RETURN(GraphPointer resized, rewriter.finish());
  RHEO_RETURN_IF_ERROR(check_given_out(graph, *resized));
  return resized;
}

}  // namespace

Result<Resolution> picture_size(const Graph& graph) {
  const TensorType* type = graph.inputs().size() == 1 ? &graph.value(graph.inputs().front().value).type : nullptr;
  if (type == nullptr || type->dtype != DType::f32 || type->shape.rank() != 4) {
    return Status(StatusCode::unsupported,
                  fmt::format("The model takes no pictures whose size could change: its only input would have to be "
                              "f32 [batch, channels, height, width], it has {} inputs, '{}' of {}.",
                              graph.inputs().size(), graph.inputs().front().name,
                              graph.value(graph.inputs().front().value).type.shape.to_string()));
  }
  const auto size = [&](std::size_t axis) {
    const std::int64_t pixels = type->shape[axis];
    return pixels > 0 && pixels <= std::numeric_limits<int>::max() ? static_cast<int>(pixels) : 0;
  };
  const Resolution own{size(kHeight), size(kWidth)};
  if (own.height > 0 && own.width > 0) return own;
  return Status(StatusCode::unsupported,
                fmt::format("The model's pictures are {}, which is no size to start from.", type->shape.to_string()));
}

Result<GraphPointer> resize_input(const GraphPointer& graph, Resolution given, Resolution computed) {
  if (given.is_own() && computed.is_own()) return graph;
  RHEO_ASSIGN_OR_RETURN(const Resolution own, picture_size(*graph));
  if (given.is_own()) given = own;
  if (computed.is_own()) computed = own;
  RHEO_RETURN_IF_ERROR(check_smaller(given, computed));
  if (given == own && computed == own) return graph;
  return rebuilt(*graph, given, computed);
}

}  // namespace rheo
