// SPDX-License-Identifier: Apache-2.0
// The exact tests behind a certificate of a loss that is 0 or 1. Pure functions of numbers, on this floor because who
// reads a certificate must be able to recompute what it says.
//
// n inputs were read, k of them lost, `risk` is the limit to certify, `delta` the allowed chance that the statement is
// wrong. Certify "true risk <= risk" if and only if the p-value is at most delta.
#pragma once

#include <cstdint>

namespace rheo {

// Pr[Bin(n, risk) <= k], the p-value of "true risk > risk". Summed in log space, so that no n overflows.
double binomial_tail(std::int64_t k, std::int64_t n, double risk);
// Clopper-Pearson: the smallest risk that k losses in n inputs can exclude at level delta. 1 when k >= n.
double binomial_upper_bound(std::int64_t k, std::int64_t n, double delta);
// Whether an upper bound that somebody states is one: `bound` is at least the smallest risk that can be excluded. One
// evaluation of the tail, so that counts from a file cost no more than the square root of n.
bool bound_follows(double bound, std::int64_t k, std::int64_t n, double delta);
// Fewest inputs that certify `risk` when none of them is lost.
std::int64_t fewest_inputs(double risk, double delta);
// Most losses in n inputs that still certify; -1 when not even none does.
std::int64_t most_losses(std::int64_t n, double risk, double delta);

}  // namespace rheo
