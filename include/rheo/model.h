// SPDX-License-Identifier: Apache-2.0
// How to read a model that another framework saved: what its file leaves open, and how much it may ask for. A `.rheo`
// package leaves nothing open.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <rheo/limits.h>
#include <rheo/tensor.h>

namespace rheo {

// A value type. Names are those of the file; `rheo inspect` tells inputs and their shapes. What names nothing in the
// file is refused.
struct ModelOptions {
  // Sizes of named dimensions: {"sequence", 128}. The name of dimension 0 is the batch and stays open without an entry.
  std::map<std::string, std::int64_t, std::less<>> dimensions = {};
  // Whole shapes by input, where the file gives its open dimensions no names: {"input", {1, 576}}. kDynamic in
  // dimension 0 leaves the batch open.
  std::map<std::string, Shape, std::less<>> shapes = {};
  // Inputs that get a value now and stop being inputs, on which the model may decide what it computes: {"sr", 16000}.
  std::map<std::string, std::int64_t, std::less<>> bound = {};
  // Items of a batch for a model that mixes the batch into other dimensions; 0: open where that is possible, else 1.
  std::int64_t batch = 0;
  // How stored pictures become the input, where the file does not say: value = (stored / 255 - mean) / deviation, by
  // channel or one for all; both or neither. What PyTorch calls Normalize: {0.485, 0.456, 0.406} and {0.229, 0.224,
  // 0.225} for many networks. Only data sets of pictures are read that way; a request always brings values.
  std::vector<double> mean = {};
  std::vector<double> deviation = {};
  // Share in (0,1] of the shorter side that is kept, in the middle, of pictures of another size than the model's; 0.875
  // is usual. 0: data sets hold pictures of the model's size.
  double crop = 0;
  // A .safetensors file whose tensors take the places of the model's own weights, by name: initializers of an ONNX
  // graph, parameters and buffers of a .pt2 ("encoder.layer.0.weight"). Each must find a place of its shape and type;
  // weights that it lacks stay the model's own. Empty: all of them stay. Packages and TorchScript take none.
  std::string weights = {};
  // TorchScript (.pt) needs an importer: the folder with the plugins. Empty: RHEO_PLUGIN_DIR, else rheo/plugins beside
  // the library, or beside the program that Rheo is linked into.
  std::string plugin_dir = {};
  // How much the file may ask for; of packages too. LibTorch, which reads TorchScript, knows no limits.
  LoadLimits limits = {};
};

}  // namespace rheo
