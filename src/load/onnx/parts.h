// SPDX-License-Identifier: Apache-2.0
// The messages of an ONNX file, from the outside in: each function reads one into its plain struct and checks its form.
// They call each other as deep as messages lie in each other, which WireMessage bounds, and graphs, which Place counts.
//
// A repeated occurrence of a single message is refused, not merged: no exporter writes it.
#pragma once

#include <cstddef>
#include <vector>

#include <rheo/status.h>

#include "load/onnx/model.h"
#include "load/onnx/reading.h"
#include "load/onnx/wire.h"

namespace rheo::onnx {

// Where a graph or node stands.
struct Place {
  std::size_t depth = 1;     // of graphs: 1 for the model's, one more inside an attribute
  bool in_function = false;  // where attributes may refer to parameters of the call
};

Status parse_model(WireMessage message, Reading& reading, Model& model);
Status parse_graph(WireMessage message, const Place& place, Reading& reading, Graph& graph);
Status parse_function(WireMessage message, Reading& reading, Function& function);
Status parse_node(WireMessage message, const Place& place, Reading& reading, Node& node);
Status parse_attribute(WireMessage message, const Place& place, Reading& reading, Attribute& attribute);
Status parse_value_info(WireMessage message, Reading& reading, ValueInfo& value);

// The operators of ONNX itself go by two names in files; here by the empty one.
Status parse_domain(WireMessage& message, Reading& reading, std::string& domain);
// A function may have several bodies, told apart by this field of its calls; only the one without a mark is read.
Status refuse_overload(WireMessage& message);
// Refuses a domain that is imported twice.
Status parse_operator_set(WireMessage message, Reading& reading, std::vector<OperatorSet>& sets);

}  // namespace rheo::onnx
