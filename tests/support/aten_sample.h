// SPDX-License-Identifier: Apache-2.0
// PyTorch programs for tests, written node by node and translated without a file between.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <rheo/limits.h>

#include "graph/graph.h"
#include "load/aten/node.h"

namespace rheo::testing {

using AtenArguments = std::vector<std::pair<std::string, aten::Argument>>;

aten::Argument value_named(std::string name);
aten::Argument values_named(std::vector<std::string> names);  // "" is None
aten::Argument number(std::int64_t value);
aten::Argument real(double value);
aten::Argument truth(bool value);
aten::Argument text(std::string value);
aten::Argument numbers(std::vector<std::int64_t> values);

class AtenSample {
 public:
  AtenSample& input(std::string name, DType dtype, const Shape& shape);  // dimension 0 may be kDynamic
  AtenSample& constant(std::string name, Tensor elements);
  AtenSample& node(std::string target, AtenArguments arguments, std::vector<std::string> outputs = {"y"});
  AtenSample& output(std::string name);

  // The translated graph; throws rheo::Error with the sentence where it is refused.
  std::shared_ptr<const Graph> graph() const { return translate({}).value(); }
  // Why it is refused; ok when it is not.
  Status refusal(const LoadLimits& limits = {}) const { return translate(limits).status(); }
  // Every output for one tensor per input, through the reference kernels.
  std::vector<Tensor> answers(const std::vector<Tensor>& inputs) const;
  // The shape of the first output, and the ops that make everything.
  Shape shape() const;
  std::vector<std::string> ops() const;

 private:
  Result<std::shared_ptr<const Graph>> translate(const LoadLimits& limits) const;

  struct Input {
    std::string name;
    TensorType type;
  };
  std::vector<Input> inputs_;
  std::vector<std::pair<std::string, Tensor>> constants_;
  std::vector<aten::Node> nodes_;
  std::vector<std::string> outputs_;
};

// Inputs "a", "b", ... f32 of these shapes, and one node with the output "y" over them and further arguments.
AtenSample one_aten(const std::string& target, const std::vector<std::pair<std::string, Shape>>& inputs,
                    AtenArguments arguments = {});

}  // namespace rheo::testing
