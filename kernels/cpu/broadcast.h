// SPDX-License-Identifier: Apache-2.0
// What element-wise ops of one to three operands share: NumPy's broadcasting, cut into runs along which every operand
// is dense or repeats one element. Plain and nhwc; nchw16c where all have the shape of the result. Limit: an operand
// that varies along the innermost dimension must be dense there.
#pragma once

#include <array>
#include <functional>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

inline constexpr std::size_t kMostBroadcast = 3;

struct BroadcastRun {
  std::array<const std::byte*, kMostBroadcast> inputs{};
  std::array<std::int64_t, kMostBroadcast> steps{};  // 1: dense, 0: one element for the whole run
  std::byte* out = nullptr;
  std::int64_t count = 0;  // elements, at least 1
};
// Called at the same time for other runs by other threads; must not throw.
using BroadcastBody = std::function<void(const BroadcastRun&)>;

// Whether operands of zeros give zero, so that the padding of nchw16c stays zero.
enum class ZeroPadding : unsigned char { kept, lost };

// The kernel around `body`; works in place where an input has the type of the result.
Result<std::unique_ptr<Kernel>> make_broadcast_kernel(const KernelRequest& request, ZeroPadding padding,
                                                      BroadcastBody body);

// The same for an op of one operand in any layout.
using FlatBody = std::function<void(const std::byte* in, std::byte* out, std::int64_t count)>;
Result<std::unique_ptr<Kernel>> make_flat_kernel(const KernelRequest& request, ZeroPadding padding, FlatBody body);

}  // namespace rheo
