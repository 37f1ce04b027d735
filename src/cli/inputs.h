// SPDX-License-Identifier: Apache-2.0
// Inputs that a command names on its line: [name=]file.npy.
#pragma once

#include <string>
#include <vector>

#include <rheo/engine.h>

namespace rheo::cli {

struct LoadedInput {
  std::string name;
  Tensor tensor;
};

// Reads every file; a file without a name goes to the input at its position.
Result<std::vector<LoadedInput>> read_inputs(const std::vector<std::string>& arguments, const Engine& engine);
std::vector<NamedInput> named(const std::vector<LoadedInput>& inputs);

}  // namespace rheo::cli
