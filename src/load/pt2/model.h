// SPDX-License-Identifier: Apache-2.0
// A `.pt2` archive of torch.export as plain data: a program and its weights. Nothing of it is executed: pickles, native
// code and custom objects are never opened, and a model that needs one is refused.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/file.h"
#include "load/pt2/program.h"

namespace rheo {
class GivenWeights;
}

namespace rheo::pt2 {

struct Model {
  Program program;
  std::vector<std::pair<std::string, Tensor>> weights;  // by the name of their value in the program
  std::string card;  // the text of rheo.json that it carries among its extra files; empty: none
};

// Maps `file` and reads its program; of several the one named "model". io_error, bad_format, unsupported or
// limit_exceeded; resource_exhausted when memory runs out. Any bytes give one of them or a model. `given` weights take
// the places of the archive's own, which may then be missing.
Result<Model> read_model(const std::string& file, const LoadLimits& limits = {}, GivenWeights* given = nullptr);
// The same of bytes that are in memory.
Result<Model> read_model(FileBytes bytes, const LoadLimits& limits = {}, GivenWeights* given = nullptr);

}  // namespace rheo::pt2
