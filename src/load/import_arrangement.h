// SPDX-License-Identifier: Apache-2.0
// `Arrangement`: how the dimensions that a model speaks of lie in a value of the graph. Graphs keep the batch in
// dimension 0; models may move it elsewhere and join it with others, "[words, batch * heads, features]". An importer
// then leaves the value as it is and remembers what each dimension of the model's is made of, until the model has the
// batch in front again. A value type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <rheo/tensor.h>

#include "load/import_trials.h"

namespace rheo {

// For each dimension of the model's, the graph's dimensions that it joins, outermost first; none for one of size 1.
// Every dimension of the graph's is in one of them.
using Arrangement = std::vector<std::vector<std::size_t>>;

// Each dimension is itself.
Arrangement natural_arrangement(std::size_t rank);
bool is_natural(const Arrangement& arrangement);
Arrangement permuted(const Arrangement& arrangement, std::span<const std::int64_t> permutation);
// Without dimension `axis` of the model's, which must be one dimension of the graph's; that one is gone too.
Arrangement without(const Arrangement& arrangement, std::size_t axis);
// The graph's dimension that `axis` of the model's is; nothing when it joins several, or none.
std::optional<std::size_t> only_axis(const Arrangement& arrangement, std::size_t axis);
// All dimensions of the graph's in the order in which the model has them.
std::vector<std::int64_t> order_of(const Arrangement& arrangement);
// The shape that the model sees of a value that the graph stores with `stored`.
Shape arranged_shape(const Arrangement& arrangement, const Shape& stored);

struct Tidied {
  std::vector<std::int64_t> permutation;  // of the graph's dimensions: the batch, then the others in the model's order
  Arrangement arrangement;                // after it, and after joining what the model joins but for the batch
  Shape stored;                           // the graph's shape then
};

// How the value would be stored with as few dimensions as the model's and the batch in front.
Tidied tidied(const Arrangement& arrangement, const Shape& stored);

struct Regrouped {
  Arrangement arrangement;
  PerTrial<Shape> stored;  // the graph's shape, some dimensions split into several in their place
};

// What a reshape of the model's to `target` makes of the arrangement, without moving an element. Nothing when it cuts
// through the batch or through joined dimensions.
std::optional<Regrouped> regrouped(const Arrangement& arrangement, const PerTrial<Shape>& stored,
                                   const PerTrial<Shape>& target);

}  // namespace rheo
