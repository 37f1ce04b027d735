// SPDX-License-Identifier: Apache-2.0
// What convolutions and pools of all formats share: a window over one or two dimensions, given as two.
#pragma once

#include <cstdint>
#include <vector>

#include <rheo/status.h>

#include "load/import_call.h"

namespace rheo {

// Strides, pads and dimensions above this cannot be meant, and keep sums within 64 bits.
inline constexpr std::int64_t kLargestSetting = std::int64_t{1} << 31;

// Height and width each; of a one-dimensional window the height is 1, its pads 0.
struct Window {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  std::vector<std::int64_t> pads_begin;
  std::vector<std::int64_t> pads_end;
  std::vector<std::int64_t> pads() const { return {pads_begin[0], pads_begin[1], pads_end[0], pads_end[1]}; }
  // Puts a height of 1 before a one-dimensional window.
  void add_height();
};

// [a, b, length] as [a, b, 1, length]; a picture stays itself.
Result<ImportValue> as_picture(ImportCall& call, ImportValue& value);
// The way back for an answer whose input had `rank` dimensions.
Result<ImportValue> from_picture(ImportCall& call, ImportValue& value, std::size_t rank);

}  // namespace rheo
