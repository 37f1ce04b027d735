// SPDX-License-Identifier: Apache-2.0
// How large a value may be. Model files are hostile input, so there is a ceiling far above any real value, and so low
// that the bytes of a value and sums of a few of them cannot overflow.
#pragma once

#include <cstdint>

namespace rheo {

inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

}  // namespace rheo
