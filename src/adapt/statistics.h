// SPDX-License-Identifier: Apache-2.0
// The tests behind a certificate; those of losses that are 0 or 1 are in path/binomial.h. Pure functions of numbers.
//
// n inputs were read, k of them lost, `risk` is the limit to certify, `delta` the allowed chance that the statement is
// wrong. Certify "true risk <= risk" if and only if the p-value is at most delta.
#pragma once

#include <cstdint>
#include <span>

#include "path/binomial.h"

namespace rheo {

// ---- losses in [0, 1] ----

// Hoeffding-Bentkus p-value for a sum of n losses, each in [0, 1] (Bates et al., Learn then Test).
double hoeffding_bentkus(double loss_sum, std::int64_t n, double risk);

// Waudby-Smith and Ramdas' betting test of "mean of x > limit", x in [0, 1] in recording order (never sorted).
// Returns the log of the largest wealth; the p-value is exp(-it). The bet never exceeds `largest_bet`: 1 when the limit
// is varied to find a bound, at most 0.9 / (1 - limit) for one fixed limit, which is stronger on few inputs.
double betting_log_wealth(std::span<const double> x, double limit, double delta, double largest_bet);

// ---- accuracy drop, with labels ----

// `drops[i]` is 1 when only the reference was right on input i, -1 when only the policy was, else 0.
// Log wealth and p-value of "accuracy of the reference minus accuracy of the policy > limit".
double accuracy_drop_log_wealth(std::span<const std::int8_t> drops, double limit, double delta);
double accuracy_drop_p_value(std::span<const std::int8_t> drops, double limit, double delta);
// Upper confidence bound of that drop, in [-1, 1].
double accuracy_drop_upper_bound(std::span<const std::int8_t> drops, double delta);

}  // namespace rheo
