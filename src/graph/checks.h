// SPDX-License-Identifier: Apache-2.0
// The rules for parts of a graph, each written once: the builder asks them when a part is added, `verify` asks them
// again of the whole. Private to the room.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace rheo {

// 1..kMaxNameBytes bytes. `what` names the part in the message: "node", "input", ...
Status check_name(std::string_view what, std::string_view name);

// Dimensions are positive, only dimension 0 may be kDynamic, at most kMaxElements elements.
Status check_shape(std::string_view what, std::string_view name, const Shape& shape);

// Scales only on 8-bit types, one or one per index of the axis, all finite and positive.
Status check_quantization(std::string_view name, const TensorType& type);

// Scales and offsets finite, scales not 0; none, or one per channel of `shape`; a crop in [0, 1].
Status check_preprocessing(std::string_view name, const Shape& shape, const Preprocessing& preprocessing);

// At most kMaxPaths exits; every exit names a computed value, names differ, dtype and item shape (all dimensions but
// the batch) are shared.
Status check_exits(std::span<const Exit> exits, std::span<const Value> values);

// At most kMaxOutputs outputs; every output names a computed value, and names differ from each other and from the
// exits'.
Status check_outputs(std::span<const GraphOutput> outputs, std::span<const Exit> exits, std::span<const Value> values);

// "'layer1.conv' (model.py:41)": a node as messages name it.
std::string describe(std::string_view name, std::string_view source);

// Checks and infers one node; an error names the node, its source and the shapes of all its inputs.
// `inputs` has a null pointer for each absent input.
Result<std::vector<TensorType>> infer_node(OpKind kind, const Attributes& attributes,
                                           std::span<const TensorType* const> inputs, std::string_view name,
                                           std::string_view source);

}  // namespace rheo
