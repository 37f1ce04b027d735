// SPDX-License-Identifier: Apache-2.0
// ONNX models for tests, written node by node and translated without a file between.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <rheo/limits.h>

#include "graph/graph.h"
#include "load/onnx/import.h"
#include "load/onnx/model.h"

namespace rheo::testing {

onnx::Attribute real_attribute(std::string name, float value);
onnx::Attribute integer_attribute(std::string name, std::int64_t value);
onnx::Attribute text_attribute(std::string name, std::string value);
onnx::Attribute integers_attribute(std::string name, std::vector<std::int64_t> values);
onnx::Attribute graph_attribute(std::string name, onnx::Graph graph);
// What the call of the function around gives for `parameter`.
onnx::Attribute parameter_attribute(std::string name, std::string parameter, onnx::Attribute::Kind kind);

class OnnxSample {
 public:
  explicit OnnxSample(std::int64_t opset = 17);
  // A dimension is a number, or a name for one that is open: input("x", ElementType::f32, {"batch", "3"}).
  OnnxSample& input(std::string name, onnx::ElementType type, const std::vector<std::string>& dimensions);
  OnnxSample& constant(std::string name, const Tensor& elements);
  OnnxSample& integers(std::string name, std::vector<std::int64_t> elements);  // i64, rank 1
  OnnxSample& node(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
                   std::vector<onnx::Attribute> attributes = {});
  OnnxSample& in_domain(std::string domain);  // the last node: an operator of another set than ONNX's
  OnnxSample& call(std::string function, std::vector<std::string> inputs, std::vector<std::string> outputs,
                   std::vector<onnx::Attribute> attributes = {});  // of the domain "own"
  OnnxSample& output(std::string name);
  OnnxSample& function(onnx::Function function);
  OnnxSample& card(std::string text);  // rheo.json among the metadata

  const onnx::Model& model() const { return model_; }
  // The translated graph; throws rheo::Error with the sentence where it is refused.
  std::shared_ptr<const Graph> graph(const ModelOptions& options = {}) const;
  // Why it is refused; ok when it is not.
  Status refusal(const ModelOptions& options = {}, const LoadLimits& limits = {}) const;
  // Every output for one tensor per input, through the reference kernels.
  std::vector<Tensor> answers(const std::vector<Tensor>& inputs, const ModelOptions& options = {}) const;

 private:
  onnx::Model model_;
};

}  // namespace rheo::testing
