// SPDX-License-Identifier: Apache-2.0
// avg_pool2d: the sum of the x in the window divided by their count, where padding counts if count_include_pad.
// global_avg_pool: the mean over height and width. adaptive_avg_pool2d: y[n,c,i,j] is the mean over rows
// [floor(i*H/oh), ceil((i+1)*H/oh)) and columns alike.
// Layout: plain. Dtypes: f32, bf16, u8, i8; the result is f32 or bf16 as op/op.h says. No limits.
// Tested by tests/kernels/ref/avg_pool2d_test.cpp.
#include <algorithm>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/pooling.h"

namespace rheo::ref {
namespace {

// Input indices [begin, end) that one output index averages, and the number to divide by.
struct Range {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t divisor;
};

class AvgPool2d {
 public:
  explicit AvgPool2d(const KernelRequest& request)
      : op_(request.op),
        x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(AvgPool2dSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for (std::int64_t picture = 0; picture < y_.shape[0] * y_.shape[1]; ++picture)
      for (std::int64_t i = 0; i < y_.shape[2]; ++i)
        for (std::int64_t j = 0; j < y_.shape[3]; ++j) y.set_real(out++, average(x, picture, range(0, i), range(1, j)));
  }

 private:
  // `dim`: 0 is height, 1 is width.
  Range range(std::size_t dim, std::int64_t index) const {
    const std::int64_t in = x_.shape[dim + 2];
    const std::int64_t out = y_.shape[dim + 2];
    if (op_ != OpKind::avg_pool2d) {  // a global average is the adaptive one with one output element
      const std::int64_t begin = index * in / out;
      const std::int64_t end = ((index + 1) * in + out - 1) / out;
      return {begin, end, end - begin};
    }
    const Window2d& window = settings_.window;
    const std::int64_t first = index * window.strides[dim] - window.pads_begin[dim];
    const std::int64_t last = std::min(first + window.kernel[dim], in + window.pads_end[dim]);
    const std::int64_t begin = std::max<std::int64_t>(first, 0);
    const std::int64_t end = std::min(last, in);
    return {begin, end, settings_.count_include_pad ? last - first : end - begin};
  }

  double average(const ElementReader& x, std::int64_t picture, const Range& rows, const Range& columns) const {
    double sum = 0;
    for (std::int64_t h = rows.begin; h < rows.end; ++h)
      for (std::int64_t w = columns.begin; w < columns.end; ++w)
        sum += x.centred((picture * x_.shape[2] + h) * x_.shape[3] + w);
    return sum * x.scale() / static_cast<double>(rows.divisor * columns.divisor);
  }

  const OpKind op_;
  const TensorType x_;  // [batch, channels, height, width]
  const TensorType y_;
  const AvgPool2dSettings settings_;  // of avg_pool2d alone
};

}  // namespace

MadeKernel make_avg_pool2d(const KernelRequest& request) { return make_plain<AvgPool2d>(request); }

}  // namespace rheo::ref
