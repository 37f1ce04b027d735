// SPDX-License-Identifier: Apache-2.0
// Facts about the element types of ONNX besides those that model.h tells.
#pragma once

#include <cstddef>

#include "load/onnx/model.h"

namespace rheo::onnx {

// Bytes of one element; 0 for texts and for types without a name in ElementType, which have no fixed size.
std::size_t element_bytes(ElementType type);

// What an ONNX file calls elements of `dtype`.
ElementType element_type_of(DType dtype);

}  // namespace rheo::onnx
