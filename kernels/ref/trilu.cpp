// SPDX-License-Identifier: Apache-2.0
// y[..., r, c] = x[..., r, c] where c >= r + diagonal (upper) or c <= r + diagonal (lower), else 0.
// Layout: plain. Dtypes: all. No limits. Tested by tests/kernels/ref/trilu_test.cpp.
#include <cstring>

#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/rearranging.h"

namespace rheo::ref {
namespace {

class Trilu {
 public:
  explicit Trilu(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(TriluSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(x_.dtype);
    const auto* from = static_cast<const std::byte*>(inputs[0]);
    auto* to = static_cast<std::byte*>(outputs[0]);
    for_each_index(x_.shape, [&](const Index& at) {
      const std::int64_t row = at[x_.shape.rank() - 2];
      const std::int64_t column = at[x_.shape.rank() - 1];
      const std::int64_t first = row + settings_.diagonal;
      const bool is_kept = settings_.is_upper ? column >= first : column <= first;
      // Bytes of zero are the zero of every dtype.
      if (is_kept) std::memcpy(to, from, bytes);
      if (!is_kept) std::memset(to, 0, bytes);
      from += bytes;
      to += bytes;
    });
  }

 private:
  const TensorType x_;
  const TriluSettings settings_;
};

}  // namespace

MadeKernel make_trilu(const KernelRequest& request) { return make_plain<Trilu>(request); }

}  // namespace rheo::ref
