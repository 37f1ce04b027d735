// SPDX-License-Identifier: Apache-2.0
// reshape and flatten: the same elements in the same order under another shape.
// Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/reshape_test.cpp.
#include <cstring>

#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Reshape {
 public:
  explicit Reshape(const KernelRequest& request) : bytes_(storage_bytes(*request.inputs[0].type, Layout::plain)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    if (bytes_ > 0) std::memmove(outputs[0], inputs[0], bytes_);
  }

 private:
  const std::size_t bytes_;
};

}  // namespace

MadeKernel make_reshape(const KernelRequest& request) { return make_plain<Reshape>(request); }

}  // namespace rheo::ref
