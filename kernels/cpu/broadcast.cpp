// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_elementwise_test.cpp and kernels_ops_test.cpp.
#include "kernels/cpu/broadcast.h"

#include <utility>

#include "base/try.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {
namespace {

constexpr std::int64_t kBlockChannels = 16;

// Strides of an operand along the output's dimensions; 0 where it is repeated.
Shape broadcast_strides(const Operand& operand, const Shape& output) {
  const Shape& shape = operand.type->shape;
  const Shape own = strides_of(shape, operand.layout);
  Shape strides = output;
  const std::size_t missing = output.rank() - shape.rank();
  for (std::size_t dim = 0; dim < output.rank(); ++dim) {
    strides[dim] = dim < missing || shape[dim - missing] == 1 ? 0 : own[dim - missing];
  }
  return strides;
}

bool is_blocked(const KernelRequest& request) {
  bool blocked = request.outputs[0].layout == Layout::nchw16c;
  for (const Operand& input : request.inputs) blocked |= input.layout == Layout::nchw16c;
  return blocked;
}

// Operands that the op does not have are walked along with a stride of 0.
Result<WideWalk> walk_of(const KernelRequest& request, ZeroPadding padding) {
  const Operand& y = request.outputs[0];
  const Shape& shape = y.type->shape;
  std::array<Shape, WideWalk::kOperands> strides;
  if (is_blocked(request)) {
    bool same = shape.rank() == 4 && (shape[1] % kBlockChannels == 0 || padding == ZeroPadding::kept);
    for (const Operand& input : request.inputs) same &= input.layout == y.layout && input.type->shape == shape;
    if (!same) return refuse("nchw16c needs operands of the same shape and layout.");
    strides.fill(Shape{0});
    for (std::size_t i = 0; i <= request.inputs.size(); ++i) strides[i] = Shape{1};
    return make_wide_walk(Shape{stored_elements(placement_of(shape, y.layout))}, strides);
  }
  Shape zeros = shape;
  for (std::size_t dim = 0; dim < shape.rank(); ++dim) zeros[dim] = 0;
  strides.fill(zeros);
  strides[0] = strides_of(shape, y.layout);
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    strides[i + 1] = broadcast_strides(request.inputs[i], shape);
  }
  const WideWalk walk = make_wide_walk(shape, strides);
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    if (walk.inner_stride(i + 1) > 1) return refuse("An operand is not dense along the innermost dimension.");
  }
  return walk;
}

// Each element is read by the run that writes it, so any input of the result's type will do.
int in_place_input(const KernelRequest& request) {
  const Operand& y = request.outputs[0];
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    const Operand& input = request.inputs[i];
    const bool is_alike = input.type->dtype == y.type->dtype && input.type->shape == y.type->shape;
    if (is_alike && input.layout == y.layout && input.constant == nullptr) return static_cast<int>(i);
  }
  return -1;
}

// Where the runs are: the walk with the size of the elements of each operand, and the op around it.
struct Runs {
  WideWalk walk;
  std::size_t inputs = 0;
  std::array<std::int64_t, WideWalk::kOperands> bytes{};
  BroadcastBody body;

  void compute(const Buffers& buffers, const std::array<std::int64_t, WideWalk::kOperands>& at, std::int64_t first,
               std::int64_t count) const {
    BroadcastRun run;
    for (std::size_t i = 0; i < inputs; ++i) {
      run.steps[i] = walk.inner_stride(i + 1);
      run.inputs[i] =
          static_cast<const std::byte*>(buffers.inputs[i]) + (at[i + 1] + first * run.steps[i]) * bytes[i + 1];
    }
    run.out = static_cast<std::byte*>(buffers.outputs[0]) + (at[0] + first) * bytes[0];
    run.count = count;
    body(run);
  }
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_broadcast_kernel(const KernelRequest& request, ZeroPadding padding,
                                                      BroadcastBody body) {
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  Runs runs;
  runs.inputs = request.inputs.size();
  runs.body = std::move(body);
  RHEO_ASSIGN_OR_RETURN(runs.walk, walk_of(request, padding));
  runs.bytes[0] = static_cast<std::int64_t>(size_bytes(request.outputs[0].type->dtype));
  for (std::size_t i = 0; i < runs.inputs; ++i) {
    runs.bytes[i + 1] = static_cast<std::int64_t>(size_bytes(request.inputs[i].type->dtype));
  }
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = in_place_input(request);
  // Many runs are split between runs, a single one within.
  const bool is_one_run = runs.walk.runs() == 1;
  const std::int64_t size = runs.walk.inner_size();
  settings.parts = is_one_run ? parts_of(size) : runs.walk.runs();
  return make_loop_kernel(std::move(settings), [runs = std::move(runs), is_one_run, size](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    if (is_one_run) {
      const auto [first, count] = elements_of(begin, end, size);
      return runs.compute(buffers, {}, first, count);
    }
    runs.walk.for_each_run(begin, end, [&](const auto& at) { runs.compute(buffers, at, 0, size); });
  });
}

Result<std::unique_ptr<Kernel>> make_flat_kernel(const KernelRequest& request, ZeroPadding padding, FlatBody body) {
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const Placement placement = placement_of(x.type->shape, x.layout);
  if (placement.layout != placement_of(x.type->shape, y.layout).layout) {
    return refuse("Input and output differ in layout.");
  }
  const bool has_padding = placement.layout == Layout::nchw16c && placement.channels % kBlockChannels != 0;
  if (has_padding && padding == ZeroPadding::lost) return refuse("The padding of nchw16c would not stay zero.");
  const std::int64_t elements = stored_elements(placement);
  const std::int64_t in_bytes = static_cast<std::int64_t>(size_bytes(x.type->dtype));
  const std::int64_t out_bytes = static_cast<std::int64_t>(size_bytes(y.type->dtype));
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = in_bytes == out_bytes ? 0 : -1;
  settings.parts = parts_of(elements);
  return make_loop_kernel(std::move(settings), [body = std::move(body), elements, in_bytes, out_bytes](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const auto [first, count] = elements_of(begin, end, elements);
    if (count <= 0) return;
    body(static_cast<const std::byte*>(buffers.inputs[0]) + first * in_bytes,
         static_cast<std::byte*>(buffers.outputs[0]) + first * out_bytes, count);
  });
}

}  // namespace rheo
