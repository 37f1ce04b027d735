// SPDX-License-Identifier: Apache-2.0
// Whether a model masks what it is padded with: shown on fixed pseudo-random inputs, never believed by name.
#pragma once

#include <cstdint>
#include <string>

#include <rheo/status.h>

#include "engine/engine_core.h"

namespace rheo {

// Two cores of one model whose padded dimension has two sizes.
struct PaddingTrial {
  EngineCore& shorter;
  EngineCore& longer;
  std::int64_t length = 0;       // of the shorter
  std::int64_t long_length = 0;  // of the longer
};

// Where the dimension is in the inputs and outputs of `longer`. unsupported where one of them has a dimension that
// depends on it in another way, so that nobody can tell which part belongs to a request.
Result<PaddedAxes> padded_axes(const PaddingTrial& trial);

// Runs the reference path on a few inputs of `length` in both cores, once as they are and once padded with zeros. ok
// when every output agrees to 1e-5 of its largest element, and whole numbers exactly; else a sentence with the worst
// one. `mask` names the input that is 1 where there are elements, and in some of the trials 0 in between. `longer` is
// set up with pad_along before.
Status prove_padding(const PaddingTrial& trial, const std::string& mask);

}  // namespace rheo
