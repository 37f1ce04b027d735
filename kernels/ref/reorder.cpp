// SPDX-License-Identifier: Apache-2.0
// The same elements in another layout: element [n, c, h, w] of a [N, C, H, W] picture lies at
//   plain   ((n * C + c) * H + h) * W + w        nhwc   ((n * H + h) * W + w) * C + c
//   nchw16c (((n * ceil(C / 16) + c / 16) * H + h) * W + w) * 16 + c % 16, channels past C are zero
// Layout: any to any for rank 4, plain to plain otherwise. Dtypes: all. No limits.
// Tested by tests/kernels/ref/reorder_test.cpp.
#include <cstring>

#include <fmt/format.h>

#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

constexpr std::int64_t kBlock = 16;

std::int64_t place_of(Layout layout, const Shape& shape, std::int64_t n, std::int64_t c, std::int64_t h,
                      std::int64_t w) {
  const std::int64_t channels = shape[1];
  const std::int64_t height = shape[2];
  const std::int64_t width = shape[3];
  switch (layout) {
    case Layout::plain: return ((n * channels + c) * height + h) * width + w;
    case Layout::nhwc: return ((n * height + h) * width + w) * channels + c;
    case Layout::nchw16c: break;
  }
  const std::int64_t blocks = (channels + kBlock - 1) / kBlock;
  return (((n * blocks + c / kBlock) * height + h) * width + w) * kBlock + c % kBlock;
}

class Reorder {
 public:
  explicit Reorder(const KernelRequest& request)
      : type_(*request.inputs[0].type), from_(request.inputs[0].layout), to_(request.outputs[0].layout) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t all = storage_bytes(type_, to_);
    if (all == 0) return;
    if (from_ == to_) {
      std::memmove(outputs[0], inputs[0], all);
      return;
    }
    if (to_ == Layout::nchw16c) std::memset(outputs[0], 0, all);
    const auto* source = static_cast<const std::byte*>(inputs[0]);
    auto* target = static_cast<std::byte*>(outputs[0]);
    const Shape& shape = type_.shape;
    const std::size_t bytes = size_bytes(type_.dtype);
    for (std::int64_t n = 0; n < shape[0]; ++n)
      for (std::int64_t c = 0; c < shape[1]; ++c)
        for (std::int64_t h = 0; h < shape[2]; ++h)
          for (std::int64_t w = 0; w < shape[3]; ++w)
            std::memcpy(target + static_cast<std::size_t>(place_of(to_, shape, n, c, h, w)) * bytes,
                        source + static_cast<std::size_t>(place_of(from_, shape, n, c, h, w)) * bytes, bytes);
  }

 private:
  const TensorType type_;
  const Layout from_;
  const Layout to_;
};

}  // namespace

MadeKernel make_reorder(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check_types(request));
  const bool is_plain = request.inputs[0].layout == Layout::plain && request.outputs[0].layout == Layout::plain;
  if (request.inputs[0].type->shape.rank() != 4 && !is_plain)
    return Status(StatusCode::unsupported,
                  fmt::format("reorder: a value of shape {} is no picture and lies plain only.",
                              request.inputs[0].type->shape.to_string()));
  return std::unique_ptr<Kernel>(std::make_unique<ReferenceKernel<Reorder>>(request));
}

}  // namespace rheo::ref
