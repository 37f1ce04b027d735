// SPDX-License-Identifier: Apache-2.0
#include "load/import_window.h"

namespace rheo {

void Window::add_height() {
  for (std::vector<std::int64_t>* ones : {&kernel, &strides, &dilations}) ones->insert(ones->begin(), 1);
  for (std::vector<std::int64_t>* pads : {&pads_begin, &pads_end}) pads->insert(pads->begin(), 0);
}

Result<ImportValue> as_picture(ImportCall& call, ImportValue& value) {
  const Shape shape = call.shape_of(value);
  if (shape.rank() != 3) return value;
  return call.reshape(value, {shape[0], shape[1], 1, shape[2]});
}

Result<ImportValue> from_picture(ImportCall& call, ImportValue& value, std::size_t rank) {
  const Shape shape = call.shape_of(value);
  if (rank != 3) return value;
  return call.reshape(value, {shape[0], shape[1], shape[3]});
}

}  // namespace rheo
