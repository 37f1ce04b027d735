// SPDX-License-Identifier: Apache-2.0
// The one clock: monotonic nanoseconds. Only run/, infer/, adapt/ and engine/ read it; policies and estimators never
// do.
#pragma once

#include <chrono>
#include <cstdint>

namespace rheo {

inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace rheo
