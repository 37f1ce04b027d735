// SPDX-License-Identifier: Apache-2.0
// The arguments of an operator: their names, and what they are where a program leaves them out. Written as PyTorch
// writes them, "input weight bias=None stride=1", so that a row of lowerings.cpp can be compared with its schema.
// Arguments that never change what is computed (layout, device, memory_format, ...) are left out.
#pragma once

#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/aten/node.h"

namespace rheo::aten {

// The arguments of one node in the order of its signature.
class Arguments {
 public:
  // unsupported, in words that go behind the name of a node, for an argument that the signature lacks, one that is
  // missing, and one that is given twice.
  static Result<Arguments> bind(std::string_view signature, const Node& node);
  // `name` stands in the signature.
  const Argument& operator[](std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, Argument>> bound_;
};

// "None", "True", "1", "0.5", "[0,1]", "'none'" as the argument it means.
Argument default_argument(std::string_view text);

}  // namespace rheo::aten
