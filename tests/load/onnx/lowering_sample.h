// SPDX-License-Identifier: Apache-2.0
// One operator on its own. What each means is tested by the conformance data of ONNX (tests/conformance); the tests
// beside this file look at what that data does not reach: an open batch, old operator sets, and refusals.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo::testing {

// Inputs "a", "b", ... f32 of these dimensions, and one node with the output "y".
inline OnnxSample one_operator(const std::string& op, const std::vector<std::vector<std::string>>& dimensions,
                               std::vector<onnx::Attribute> attributes = {}, std::int64_t opset = 17) {
  OnnxSample sample(opset);
  std::vector<std::string> names;
  for (const auto& shape : dimensions) {
    names.emplace_back(1, static_cast<char>('a' + static_cast<char>(names.size())));
    sample.input(names.back(), onnx::ElementType::f32, shape);
  }
  sample.node(op, names, {"y"}, std::move(attributes)).output("y");
  return sample;
}

// The shape of the answer, and the ops that make it.
inline Shape answer_shape(const OnnxSample& sample) {
  const auto graph = sample.graph();
  return graph->value(graph->exits()[0].value).type.shape;
}
inline std::vector<std::string> ops_of(const OnnxSample& sample) { return kinds(*sample.graph()); }

}  // namespace rheo::testing
