// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/indices_test.cpp.
#include "kernels/ref/indices.h"

#include <cstring>

namespace rheo::ref {

Strides dense_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t stride = 1;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Strides broadcast_strides(const Shape& operand, const Shape& result) {
  const Strides dense = dense_strides(operand);
  Strides strides{};
  const std::size_t missing = result.rank() - operand.rank();
  for (std::size_t axis = 0; axis < operand.rank(); ++axis) {
    const bool is_repeated = operand[axis] == 1 && result[axis + missing] != 1;
    strides[axis + missing] = is_repeated ? 0 : dense[axis];
  }
  return strides;
}

void copy_elements(std::size_t element_bytes, const Shape& shape, const void* in, const Place& from, void* out,
                   const Place& to) {
  const auto* source = static_cast<const std::byte*>(in);
  auto* target = static_cast<std::byte*>(out);
  for_each_index(shape, [&](const Index& index) {
    const std::int64_t read = from.offset + offset_of(index, from.strides);
    const std::int64_t write = to.offset + offset_of(index, to.strides);
    std::memcpy(target + static_cast<std::size_t>(write) * element_bytes,
                source + static_cast<std::size_t>(read) * element_bytes, element_bytes);
  });
}

}  // namespace rheo::ref
