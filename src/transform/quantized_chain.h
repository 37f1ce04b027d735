// SPDX-License-Identifier: Apache-2.0
// How an importer spells quantising and dequantising in real numbers, and the readers that patterns over several nodes
// look at.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace rheo {

// One scale and zero point for a whole tensor.
struct StoredForm {
  DType dtype = DType::u8;
  float scale = 1;
  int zero_point = 0;
  friend bool operator==(const StoredForm&, const StoredForm&) = default;
};

// A value in one form: what is quantised into it, or what is dequantised out of it.
struct InForm {
  ValueId value = kNoValue;
  StoredForm form;
};

// x, when `cast` ends cast(clamp(round(x / scale) + zero_point)); bounds are those of the 8-bit type.
std::optional<InForm> quantize_chain(const Graph& graph, const Node& cast);
// The stored value, when `mul` ends (cast(stored) - zero_point) * scale.
std::optional<InForm> dequantize_chain(const Graph& graph, const Node& mul);

// The form of an 8-bit value with one scale; of one without a scale the default.
StoredForm form_of(const TensorType& type);
// The attributes of a quantize into this form.
Attributes quantize_attributes(const StoredForm& form);

// By value: the needed nodes that read it, once per reading.
std::vector<std::vector<NodeId>> readers_by_value(const Graph& graph);

}  // namespace rheo
