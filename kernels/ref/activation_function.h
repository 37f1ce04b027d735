// SPDX-License-Identifier: Apache-2.0
// The unary functions in double: shared by activation.cpp and by the epilogue of conv2d and linear.
#pragma once

#include "op/activation.h"

namespace rheo::ref {

// Formulas in op/activation.h. NaN gives NaN.
double activate(const ActivationSettings& settings, double x);

}  // namespace rheo::ref
