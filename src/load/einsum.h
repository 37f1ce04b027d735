// SPDX-License-Identifier: Apache-2.0
// The equation of an einsum, "bij,bjk->bik": which letter stands for which dimension.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

namespace rheo {

struct Einsum {
  std::vector<std::string> inputs;  // one letter per dimension; an ellipsis became capital letters from 'A' on
  std::string output;
};

// With the ellipsis spelled out for inputs of these ranks, and the output that "ij,jk" implies: the letters that occur
// once, in alphabetical order. unsupported where letters and ranks do not fit.
Result<Einsum> parse_einsum(std::string_view equation, std::span<const std::size_t> ranks);

}  // namespace rheo
