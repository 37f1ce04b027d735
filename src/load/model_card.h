// SPDX-License-Identifier: Apache-2.0
// `rheo.json`: what a model's own file does not say of it. An ONNX file carries it in its metadata under that key,
// a .pt2 archive among its extra files, or it lies beside the model as MODEL.onnx.json:
//
//   {"version": 1,
//    "inputs": [{"name": "image", "scale": 0.0078125, "offset": -0.9921875}],
//    "exits": [{"name": "exit1", "output": 0}, {"name": "final", "output": 1}],
//    "labels": ["shirt", "bag"]}
//
// "scale" and "offset" say how stored bytes become the values of an input (1 and 0): value = byte * scale + offset.
// "exits" names the outputs that are answers, cheapest first, by their index; the other outputs are further ones.
// Without it the first output is the answer. Each field but "version" may be left out. Immutable once read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>

#include "graph/graph.h"

namespace rheo {

struct ModelCard {
  struct Input {
    std::string name;
    Preprocessing preprocessing;
  };
  struct Exit {
    std::string name;
    std::size_t output = 0;  // index among the model's outputs
  };
  std::vector<Input> inputs;
  std::vector<Exit> exits;
  std::vector<std::string> labels;
};

inline constexpr const char* kModelCardKey = "rheo.json";

// bad_format names the field that does not fit, limit_exceeded the limit.
Result<ModelCard> parse_model_card(std::string_view text, const LoadLimits& limits = {});

}  // namespace rheo
