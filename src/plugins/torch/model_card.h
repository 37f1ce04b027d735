// SPDX-License-Identifier: Apache-2.0
// `rheo.json`: what a TorchScript file does not say by itself. It lies inside the archive as an extra file, or beside
// the model as MODEL.pt.json:
//
//   {"version": 1,
//    "inputs": [{"name": "image", "dtype": "f32", "shape": [-1, 1, 28, 28], "scale": 0.00392, "offset": 0}],
//    "exits": [{"name": "exit1", "output": 0}, {"name": "final", "output": 1}],
//    "labels": ["shirt", "bag"]}
//
// "inputs" is needed; a -1 stands for the batch, and so does a 1 in its place when no op needs it to stay 1. "scale"
// and "offset" say how stored bytes become values (1 and 0). Without "exits" every output is one, the last one called
// "final". "labels" may be left out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plugins/plugin_abi.h"

namespace rheo::torch_import {

struct CardInput {
  std::string name;
  RheoType type{};
  double scale = 1;
  double offset = 0;
};

struct CardExit {
  std::string name;
  std::size_t output = 0;  // which of the model's outputs
};

struct ModelCard {
  std::vector<CardInput> inputs;
  std::vector<CardExit> exits;
  std::vector<std::string> labels;
};

// `text` is the extra file's; when it is empty, the file beside `model` is read. Throws Failure.
ModelCard read_model_card(const std::string& text, const std::string& model);

}  // namespace rheo::torch_import
