// SPDX-License-Identifier: Apache-2.0
// `Dataset`: inputs, and perhaps labels, read whole from an IDX file, a .npy file or a folder of images, checked
// against the model that will read them. Immutable after `open_dataset`; any thread may read items.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"

namespace rheo {

struct Dataset {
  Tensor items;                      // [n, ...item shape], as stored: u8, or already the model's type
  std::vector<std::int32_t> labels;  // n class indices; empty: none
  TensorType input;                  // of the model: f32 [1, ...item shape]
  Preprocessing preprocessing;       // of u8 items of an f32 model

  std::int64_t size() const { return items.empty() ? 0 : items.shape()[0]; }

  // Writes item `index` as the model's input, [1, ...item shape]. `out` is reused when it has that type, else made.
  // Items stored as u8 go through `preprocessing`; items of the model's own type are taken as they are.
  // invalid_argument: no such item.
  Status read_item(std::int64_t index, Tensor& out) const;
  // The same for consecutive items [first, first + count): [count, ...item shape].
  Status read_items(std::int64_t first, std::int64_t count, Tensor& out) const;

  // Content hash of items and labels, 16 hexadecimal digits.
  std::string fingerprint() const;
};

enum class Labels : std::uint8_t { optional, required };

// `data`: IDX images (not compressed), .npy [n, ...item shape], or a folder of .png and .jpg images, whose sub-folders,
// if any, are the labels, and which are brought to the model's size where its input says how to crop them. `labels`:
// IDX or .npy with n integers, or empty. `input_index` is the model's input that the items feed; sizes must equal its
// item shape, dimensions of 1 aside. A sub-folder is the class of `graph.labels()` that it is named like, or the number
// it is named; otherwise the classes are the sub-folders sorted by name. not_found: a file is missing.
// invalid_argument: data and model do not fit; says both shapes; or labels are required and there are none. bad_format:
// a file is truncated, or its counts lie.
Result<Dataset> open_dataset(const std::string& data, const std::string& labels, const Graph& graph,
                             Labels need = Labels::optional, std::size_t input_index = 0);

}  // namespace rheo
