// SPDX-License-Identifier: Apache-2.0
// TensorProto: one weight, wherever its elements lie.
#pragma once

#include <rheo/status.h>

#include "load/onnx/model.h"
#include "load/onnx/reading.h"
#include "load/onnx/wire.h"

namespace rheo::onnx {

// One of raw_data, external data and the field of numbers that belongs to the element type gives exactly the elements
// of the shape, or the tensor is refused.
Status parse_tensor(WireMessage message, Reading& reading, TensorData& tensor);
// The same of an initializer, whose place a given weight may take; then its own elements are not looked for.
Status parse_initializer(WireMessage message, Reading& reading, TensorData& tensor);

// An entry of StringStringEntryProto: views into the message, unchecked; what is absent is empty.
struct TextPair {
  std::string_view key;
  std::string_view value;
};
Status parse_text_pair(WireMessage message, TextPair& pair);

}  // namespace rheo::onnx
