// SPDX-License-Identifier: Apache-2.0
// The batch sizes that an importer tries its arithmetic with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rheo {

// The batch is open, yet models calculate with it: "reshape to [batch, -1, 12, 32]". So whatever is computed while
// importing is computed for two batch sizes. What comes out alike does not depend on the batch; a number that comes out
// as the two sizes is the batch itself. Two large primes, so that no other number of a model looks like them by chance.
inline constexpr std::array<std::int64_t, 2> kTrialBatches = {241, 251};
inline constexpr std::size_t kTrials = kTrialBatches.size();

template <typename T>
using PerTrial = std::array<T, kTrials>;

}  // namespace rheo
