// SPDX-License-Identifier: Apache-2.0
// Pools by oneDNN. max_pool2d: u8 and i8. avg_pool2d, global_avg_pool and adaptive_avg_pool2d: f32 and bf16.
// Layouts: nhwc and nchw16c (and plain where that is the same bytes), kept. With more than one thread the batch is
// split. Limits: a maximum of floats is refused, because oneDNN's passes over a NaN, which has to win; averages keep
// their type; adaptive_avg_pool2d only where all windows have one size; no dilations.
//
// Tested by tests/agree/kernels_ops_test.cpp and kernels_dnnl_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"
#include "op/pooling.h"

namespace rheo {
namespace {

using Pair = std::array<std::int64_t, 2>;

struct Windows {
  dnnl::algorithm algorithm = dnnl::algorithm::pooling_max;
  Pair kernel{}, strides{}, pads{};
};

// Elements that the last window reaches beyond the picture, padding or not.
std::int64_t pad_end(const Windows& w, std::size_t dim, std::int64_t in, std::int64_t out) {
  return std::max<std::int64_t>(0, (out - 1) * w.strides[dim] + w.kernel[dim] - in - w.pads[dim]);
}

Result<onednn::Part> part_of(const dnnl::engine& engine, const KernelRequest& request, const Windows& windows,
                             Layout layout, std::int64_t first, std::int64_t end) {
  Shape x = request.inputs[0].type->shape;
  Shape y = request.outputs[0].type->shape;
  const DType dtype = request.inputs[0].type->dtype;
  const auto item_bytes = [&](const Shape& shape) {
    const TensorType type{dtype, shape, {}};
    return storage_bytes(type, layout) / static_cast<std::size_t>(shape[0]);
  };
  const std::size_t x_offset = static_cast<std::size_t>(first) * item_bytes(x);
  const std::size_t y_offset = static_cast<std::size_t>(first) * item_bytes(y);
  x[0] = y[0] = end - first;
  onednn::Pool wanted;
  wanted.algorithm = windows.algorithm;
  wanted.x = onednn::describe(x, dtype, layout);
  wanted.y = onednn::describe(y, dtype, layout);
  for (std::size_t dim : {0U, 1U}) {
    wanted.kernel.push_back(windows.kernel[dim]);
    wanted.strides.push_back(windows.strides[dim]);
    wanted.pads_begin.push_back(windows.pads[dim]);
    wanted.pads_end.push_back(pad_end(windows, dim, x[dim + 2], y[dim + 2]));
  }
  onednn::Part part;
  RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
  part.arguments = {onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0, x_offset),
                    onednn::Argument::output(DNNL_ARG_DST, wanted.y, y_offset)};
  return part;
}

Status check(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.type->shape.rank() != 4 || x.type->shape.elements() == 0 || y.type->shape.elements() == 0) {
    return refuse("A pool works on pictures of rank 4 that hold elements.");
  }
  if (x.type->dtype != y.type->dtype || !is_numeric(x.type->dtype)) return refuse("oneDNN's pools keep the type.");
  return onednn::check_isa(request.isa);
}

Result<std::unique_ptr<Kernel>> make(const KernelRequest& request, const Windows& windows) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const Layout layout = x.layout == Layout::nchw16c ? x.layout : Layout::nhwc;
  if (!same_bytes(x.type->shape, x.layout, layout) || !same_bytes(y.type->shape, y.layout, layout)) {
    return refuse("oneDNN's pools keep the layout, nhwc or nchw16c.");
  }
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const std::int64_t batch = x.type->shape[0];
    const std::int64_t parts = std::clamp<std::int64_t>(request.threads, 1, batch);
    std::vector<onednn::Part> made;
    for (std::int64_t part = 0; part < parts; ++part) {
      RHEO_ASSIGN_OR_RETURN(made.emplace_back(), part_of(engine, request, windows, layout, batch * part / parts,
                                                         batch * (part + 1) / parts));
    }
    return onednn::make_primitive_kernel(engine, std::move(made));
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dnnl_max_pool2d(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check(request));
  if (!is_8bit(request.inputs[0].type->dtype)) return refuse("oneDNN's maximum of floats passes over a NaN.");
  const Window2d window = MaxPool2dSettings::from(*request.attributes).window;
  if (window.dilations != Pair{1, 1}) return refuse("oneDNN has no fast pool with dilations.");
  return make(request, {dnnl::algorithm::pooling_max, window.kernel, window.strides, window.pads_begin});
}

Result<std::unique_ptr<Kernel>> make_dnnl_avg_pool2d(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check(request));
  const AvgPool2dSettings settings = AvgPool2dSettings::from(*request.attributes);
  const Window2d& window = settings.window;
  Windows windows{dnnl::algorithm::pooling_avg_exclude_padding, window.kernel, window.strides, window.pads_begin};
  if (settings.count_include_pad) windows.algorithm = dnnl::algorithm::pooling_avg_include_padding;
  for (std::size_t dim : {0U, 1U}) {
    const std::int64_t reach =
        pad_end(windows, dim, request.inputs[0].type->shape[dim + 2], request.outputs[0].type->shape[dim + 2]);
    if (settings.count_include_pad && reach > window.pads_end[dim]) {
      return refuse("oneDNN divides by the whole window where it reaches beyond the padding.");
    }
  }
  return make(request, windows);
}

Result<std::unique_ptr<Kernel>> make_dnnl_adaptive_avg_pool2d(const KernelRequest& request) {
  RHEO_RETURN_IF_ERROR(check(request));
  Windows windows{dnnl::algorithm::pooling_avg_exclude_padding, {}, {}, {}};
  for (std::size_t dim : {0U, 1U}) {
    const std::int64_t in = request.inputs[0].type->shape[dim + 2];
    const std::int64_t out = request.outputs[0].type->shape[dim + 2];
    if (in % out != 0) return refuse("The windows differ in size.");
    windows.kernel[dim] = windows.strides[dim] = in / out;
  }
  return make(request, windows);
}

// global_avg_pool: the same with an output of one pixel.
Result<std::unique_ptr<Kernel>> make_dnnl_global_avg_pool(const KernelRequest& request) {
  return make_dnnl_adaptive_avg_pool2d(request);
}

}  // namespace rheo
