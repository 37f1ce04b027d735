// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include "base/try.h"
#include "load/npy.h"

namespace rheo::cli {

Result<std::vector<LoadedInput>> read_inputs(const std::vector<std::string>& arguments, const Engine& engine) {
  std::vector<LoadedInput> inputs;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::size_t equals = arguments[i].find('=');
    LoadedInput input;
    if (equals != std::string::npos) {
      input.name = arguments[i].substr(0, equals);
    } else if (i < engine.inputs().size()) {
      input.name = engine.inputs()[i].name;
    } else {
      return Status(StatusCode::invalid_argument, "The model takes " + std::to_string(engine.inputs().size()) +
                                                      " inputs; '" + arguments[i] + "' is one too many.");
    }
    const std::string file = equals == std::string::npos ? arguments[i] : arguments[i].substr(equals + 1);
    RHEO_ASSIGN_OR_RETURN(input.tensor, read_npy(file));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

std::vector<NamedInput> named(const std::vector<LoadedInput>& inputs) {
  std::vector<NamedInput> views;
  views.reserve(inputs.size());
  for (const LoadedInput& input : inputs) views.push_back({input.name, input.tensor.view()});
  return views;
}

}  // namespace rheo::cli
