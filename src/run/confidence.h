// SPDX-License-Identifier: Apache-2.0
// What an answer says of itself: a row of logits how sure it is, any other answer only whether it can be used.
#pragma once

#include <span>

#include <rheo/path.h>
#include <rheo/record.h>
#include <rheo/tensor.h>

namespace rheo {

// Confidences of softmax(logits / temperature): one pass, no overflow, no logarithm per class. With z = logits /
// temperature, m = max z, S = sum e^(z-m), U = sum (z-m) e^(z-m):
//   top probability = 1 / S,   margin = (1 - e^(z2-z1)) / S,   entropy = ln S - U / S
// where z1, z2 are the two largest. `logits` is [classes]. A NaN or +infinite logit, no logit at all, or a temperature
// that is not positive and finite makes the evidence unusable. -infinity is a class that cannot be.
// cost_us and agreement stay 0. Pure; any thread.
Evidence confidence(std::span<const float> logits, PathId path, float temperature);

// Of the answer of a model that is no classifier, one item in any type and shape: usable when every element is finite.
// There is no class and no confidence. Pure; any thread.
Evidence without_confidence(const TensorView& answer, PathId path);

}  // namespace rheo
