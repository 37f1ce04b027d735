// SPDX-License-Identifier: Apache-2.0
// The fields of TensorProto that hold elements as protobuf numbers instead of raw bytes: each element type belongs to
// one of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include <rheo/status.h>

#include "load/onnx/model.h"
#include "load/onnx/reading.h"
#include "load/onnx/wire.h"

namespace rheo::onnx {

struct TypedField {
  std::uint32_t number = 0;  // in TensorProto
  WireType type = WireType::varint;
};
// The field for elements of `type`; number 0 where there is none.
TypedField typed_field(ElementType type);

// Unpacks `count` elements, which the caller has counted in `message`, a TensorProto before its first field. They go
// into memory of their own, aligned as a Tensor's. bad_format for a number that is no value of the type.
Status unpack_elements(WireMessage message, std::size_t count, Reading& reading, TensorData& tensor);

}  // namespace rheo::onnx
