// SPDX-License-Identifier: Apache-2.0
// Touches the library through its umbrella header and nothing else.
#include <rheo/rheo.h>

#include <cstdio>

int main() {
  const rheo::Result<rheo::Tensor> tensor = rheo::Tensor::of<float>({1, 2, 3}, {3});
  if (!tensor || tensor->as<float>()[2] != 3.0F) return 1;
  if (rheo::dtype_from_name("float").status().code() != rheo::StatusCode::invalid_argument) return 1;
  std::printf("rheo %.*s\n", static_cast<int>(rheo::version().size()), rheo::version().data());
  return 0;
}
