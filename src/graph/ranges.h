// SPDX-License-Identifier: Apache-2.0
// What calibration saw of every value of a graph: made by adapt, read by the int8 transform, stored in the package.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace rheo {

// Smallest and largest element seen, in real units; low <= high, both finite.
struct ValueRange {
  float low = 0;
  float high = 0;
  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

// By value name.
using Ranges = std::map<std::string, ValueRange, std::less<>>;

}  // namespace rheo
