// SPDX-License-Identifier: Apache-2.0
// How much a model file may ask for before it is refused with limit_exceeded (ModelOptions::limits). Far above any real
// model; a host that takes files from strangers lowers these, one with larger models raises them. Nothing here can be
// switched off. Counts are counts, sizes are bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rheo {

struct LoadLimits {
  std::size_t file_bytes = std::size_t{64} << 30;
  std::size_t header_bytes = 100'000'000;  // of a safetensors file, as its format says
  std::size_t tensors = 200'000;
  std::size_t tensor_bytes = std::size_t{16} << 30;  // of one tensor
  std::size_t nodes = 200'000;
  std::size_t values = 1'000'000;         // of an ONNX model: inputs, weights and what nodes give, in all its graphs
  std::size_t graph_depth = 16;           // graphs in each other, as branches and bodies of nodes; functions as well
  std::size_t inputs = 1024;              // of the model
  std::size_t archive_entries = 100'000;  // of a zip archive
  std::size_t archive_swell = 100;        // size of an entry over its compressed size, above 1 MiB
  std::size_t archive_inflated_bytes = std::size_t{4} << 30;
  std::size_t program_bytes = std::size_t{256} << 20;  // of the JSON in a .pt2 archive
  std::size_t labels = 1'000'000;
  std::size_t name_bytes = 1024;
  std::size_t text_bytes = std::size_t{16} << 20;  // of one string that is no name: a policy, an estimator
  std::size_t json_depth = 64;
  std::size_t json_values = 16'000'000;
  std::size_t attributes_per_node = 256;
  std::size_t integers_per_attribute = 1'000'000;
  // What an importer may compute ahead of any input, beside four times the bytes of the model's files; and in how many
  // steps of some ten nanoseconds, beside four for each of these bytes.
  std::size_t computed_bytes = std::size_t{64} << 20;
  std::size_t computed_steps = std::size_t{1} << 26;
  std::int64_t dimension = (std::int64_t{1} << 31) - 1;
};

}  // namespace rheo
