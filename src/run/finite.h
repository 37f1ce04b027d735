// SPDX-License-Identifier: Apache-2.0
// Whether an input can be trusted at all.
#pragma once

#include <rheo/tensor.h>

namespace rheo {

// False when an element is NaN or infinite. Integers and booleans always are finite. Dense or strided; any thread.
bool all_finite(const TensorView& view);

}  // namespace rheo
