// SPDX-License-Identifier: Apache-2.0
// `OpenSizes`: the dimensions of which an engine has several sizes (LoadOptions::sizes), and how a request tells its
// own. Const after `create`; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rheo/engine.h>

#include "load/import.h"

namespace rheo {

// One size per open dimension, in the order of their names. A Shape, because that is a list without heap memory.
using Sizes = Shape;

class OpenSizes {
 public:
  static constexpr std::size_t kMaxListed = 64;  // combinations

  // `axes` are those of the model. A sentence names what in LoadOptions::sizes or LoadOptions::mask cannot be.
  static Result<OpenSizes> create(const LoadOptions& options, std::span<const NamedAxis> axes);

  std::size_t count() const { return dimensions_.size(); }
  // All combinations of what is listed, the smallest first.
  std::vector<Sizes> listed() const;
  // `sizes` with another one for dimension `index`: the one that is listed next, or half of the only one; the same
  // where that is 1.
  Sizes beside(const Sizes& sizes, std::size_t index) const;
  // The sizes of a request. invalid_argument where its inputs contradict each other, or a size is larger than all that
  // are listed. Of a request that lacks inputs the smallest; its core says what is missing.
  Result<Sizes> of_request(std::span<const NamedInput> inputs) const;
  // What the file is imported with.
  ModelOptions model_options(const ModelOptions& options, const Sizes& sizes) const;
  // "height=224, width=256"
  std::string text(const Sizes& sizes) const;

 private:
  struct Dimension {
    std::string name;
    std::vector<std::int64_t> sizes;  // rising
    std::vector<NamedAxis> places;    // in the inputs of the model; never empty
  };
  static Result<Dimension> dimension_of(const std::string& name, std::vector<std::int64_t> sizes,
                                        const LoadOptions& options, std::span<const NamedAxis> axes);
  Status check_mask(const std::string& mask) const;

  std::vector<Dimension> dimensions_;  // by name
};

}  // namespace rheo
