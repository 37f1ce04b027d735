// SPDX-License-Identifier: Apache-2.0
// Several kernels in a row as one: each strip of rows goes through all of them before the next, so that what they hand
// on stays in the second cache and is never stored as a whole. An inverted bottleneck, which widens a picture, looks at
// its neighbourhoods and narrows it again, reads and writes narrow pictures only.
//
// The planner decides what is joined. A joined kernel is made once, const and shared like any other.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

// One of the kernels, in order. Each but the first reads the result of the one before as its first input, and so must
// not ask for whole pictures.
struct JoinedPart {
  std::shared_ptr<const Kernel> kernel;  // by_rows() is not null
  std::int64_t pictures = 1;             // the same for all parts
  std::int64_t height = 1;               // rows of the result
  std::size_t row_bytes = 0;             // of the result
  int residual = -1;                     // number among the inputs of the joined kernel, or -1
  std::size_t residual_row_bytes = 0;
};

// Inputs: x of the first part is number 0, `x_height` rows of `x_row_bytes` per picture. Output: the last part's.
struct JoinedRequest {
  std::vector<JoinedPart> parts;  // at least 2
  std::int64_t x_height = 1;
  std::size_t x_row_bytes = 0;
  int threads = 1;
};
std::unique_ptr<Kernel> make_joined_kernel(JoinedRequest request);

}  // namespace rheo
