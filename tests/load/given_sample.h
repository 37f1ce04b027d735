// SPDX-License-Identifier: Apache-2.0
// Weights that are given to a model, through a file that is gone when they are used.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "load/file.h"
#include "load/given_weights.h"
#include "load/safetensors.h"
#include "support/temporary_folder.h"

namespace rheo::testing {

inline GivenWeights given_weights(std::map<std::string, Tensor, std::less<>> tensors) {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = safetensors_bytes({std::move(tensors), {}}).value();
  const std::array parts = {std::span<const std::byte>(bytes)};
  EXPECT_TRUE(write_file_atomically(folder.file("w.safetensors"), parts).ok());
  return GivenWeights::open(folder.file("w.safetensors")).value();
}

}  // namespace rheo::testing
