// SPDX-License-Identifier: Apache-2.0
// Copies elements from one place to another, each with gaps of its own. Any thread.
#pragma once

#include <cstddef>

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// Copies all elements of `from`: element (i, j, ...) to `to` + i * strides[0] + j * strides[1] + ..., in elements. The
// memory behind both must not overlap.
void copy_elements(const TensorView& from, std::byte* to, const Shape& strides);

// [rows, columns] -> [columns, rows].
Result<Tensor> exchanged(const Tensor& matrix);

}  // namespace rheo
