// SPDX-License-Identifier: Apache-2.0
// What one row of logits says of itself.
#pragma once

#include <span>

#include <rheo/path.h>
#include <rheo/record.h>

namespace rheo {

// Confidences of softmax(logits / temperature): one pass, no overflow, no logarithm per class. With z = logits /
// temperature, m = max z, S = sum e^(z-m), U = sum (z-m) e^(z-m):
//   top probability = 1 / S,   margin = (1 - e^(z2-z1)) / S,   entropy = ln S - U / S
// where z1, z2 are the two largest. `logits` is [classes]. A NaN or +infinite logit, no logit at all, or a temperature
// that is not positive and finite makes the evidence unusable. -infinity is a class that cannot be.
// cost_us and agreement stay 0. Pure; any thread.
Evidence confidence(std::span<const float> logits, PathId path, float temperature);

}  // namespace rheo
