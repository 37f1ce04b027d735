// SPDX-License-Identifier: Apache-2.0
// What a chain of moves does, as strides: where in the memory of a dense value the elements of a moved one lie.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "graph/graph.h"

namespace rheo {

// Plain data. The strides of dimensions of one element mean nothing.
struct MovedView {
  Shape shape;
  std::array<std::int64_t, Shape::kMaxRank> strides{};  // in elements
  std::int64_t first = 0;

  static MovedView whole(const Shape& shape);
};

// True for the ops that `moved` knows: reshape, transpose, slice, and gather of one constant index.
bool is_view(const Graph& graph, const Node& node);
// The result of `node`, whose input 0 is `view`. Nothing where no strides say it: a reshape that joins dimensions which
// do not follow each other in memory, or cuts them anew.
std::optional<MovedView> moved(const Graph& graph, const Node& node, const MovedView& view);

}  // namespace rheo
