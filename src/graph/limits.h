// SPDX-License-Identifier: Apache-2.0
// How large a graph may be. Model files are hostile input, so every count has a ceiling far above any real model.
#pragma once

#include <cstddef>

namespace rheo {

inline constexpr std::size_t kMaxNodes = 200'000;
inline constexpr std::size_t kMaxValues = 1'000'000;
inline constexpr std::size_t kMaxNameBytes = 1024;
inline constexpr std::size_t kMaxOutputs = 1024;  // beside the exits; a cache of keys and values is some hundred

}  // namespace rheo
