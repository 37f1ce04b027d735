// SPDX-License-Identifier: Apache-2.0
// `BenchInputs`: what `rheo bench` runs on, from .npy files or at random. Const after it was made, so several callers
// may take batches from it at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "cli/inputs.h"

namespace rheo::cli {

struct BenchInputFlags {
  std::vector<std::string> files;   // [name=]file.npy, [items, ...]; empty: random
  std::vector<std::string> shapes;  // [name=]3x224x224: sizes of one item that the model leaves open
  std::uint64_t seed = 42;
  std::int64_t whole_below = 2;  // random whole numbers lie in [0, this): 2 suits masks, a vocabulary's size its tokens
};

class BenchInputs {
 public:
  // Enough items for batches of `largest`. Random f32 elements are uniform in [0, 1). A model that says itself how many
  // items a request holds has batches of 1 only, for a rate must not count items that nobody ran.
  static Result<BenchInputs> make(const BenchInputFlags& flags, const Engine& engine, int largest);

  // Batch number `number` of `batch` items: it wanders through the items, so that not every request sees the same.
  std::vector<NamedInput> batch(std::int64_t number, int batch) const;

 private:
  std::vector<LoadedInput> tensors_;
  std::int64_t items_ = 0;    // of every tensor, along its first axis
  bool counts_items_ = true;  // false: dimension 0 of an input is no batch; every request takes all of it
};

}  // namespace rheo::cli
