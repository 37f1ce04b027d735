// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_run_time_test.cpp.
#include "kernels/cpu/run_time_dot.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"
#include "kernels/cpu/dot_plan.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"
#include "op/run_time_scale.h"

namespace rheo {
namespace {

constexpr std::size_t kReadAhead = 64;
constexpr std::int64_t kPieceElements = 8 * 1024;  // whose range is taken, or which are rounded, at once

std::size_t in_lines(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// A plan for one item, which is made as if a zero point of 1 was known: its starts then are what every step of the zero
// point that is found adds to a sum.
struct RunTimePlan {
  std::shared_ptr<const DotPlan> dot;
  const Loops* loops = nullptr;
  std::int64_t items = 1, item_elements = 1, item_results = 1;

  std::int64_t pieces() const { return (item_elements + kPieceElements - 1) / kPieceElements; }
  // Scratch: the ranges of all pieces, scales, starts, the item in u8, and the copy that the plan's source makes of it.
  std::size_t scales_at() const { return in_lines(2 * sizeof(float) * static_cast<std::size_t>(pieces())); }
  std::size_t starts_at() const { return scales_at() + in_lines(dot->channel.scale.size() * sizeof(float)); }
  std::size_t bytes_at() const { return starts_at() + in_lines(dot->starts.size() * sizeof(std::int32_t)); }
  std::size_t copy_at() const { return bytes_at() + in_lines(static_cast<std::size_t>(item_elements) + kReadAhead); }
  std::size_t scratch_bytes() const { return copy_at() + dot->source.scratch_bytes(); }
};

class BoundRunTimeDot : public BoundKernel {
 public:
  BoundRunTimeDot(std::shared_ptr<const RunTimePlan> plan, const Buffers& buffers) : plan_(std::move(plan)) {
    auto* scratch = static_cast<std::byte*>(buffers.scratch);
    x_ = static_cast<const float*>(buffers.inputs[0]);
    residual_ = plan_->dot->read.has_residual ? static_cast<const float*>(buffers.inputs[3]) : nullptr;
    output_ = static_cast<float*>(buffers.outputs[0]);
    lows_ = reinterpret_cast<float*>(scratch);
    highs_ = lows_ + plan_->pieces();
    scales_ = reinterpret_cast<float*>(scratch + plan_->scales_at());
    starts_ = reinterpret_cast<std::int32_t*>(scratch + plan_->starts_at());
    bytes_ = scratch + plan_->bytes_at();
    copy_ = scratch + plan_->copy_at();
  }

  Status run(ThreadPool* pool) override {
    for (std::int64_t item = 0; item < plan_->items; ++item) run_item(item, pool);
    return {};
  }

 private:
  void run_item(std::int64_t item, ThreadPool* pool) {
    const RunTimePlan& plan = *plan_;
    const DotPlan& dot = *plan.dot;
    const float* x = x_ + item * plan.item_elements;
    const bool is_worth_it = plan.item_elements * std::int64_t{sizeof(float)} >= kWorthSharing;
    const int chunks = is_worth_it ? dot.chunks : 1;
    share(pool, chunks, plan.pieces(), [&](std::int64_t begin, std::int64_t end) { find_ranges(x, begin, end); });
    const RunTimeScale found = run_time_scale(lowest(), highest());
    share(pool, chunks, plan.pieces(), [&](std::int64_t begin, std::int64_t end) { round(x, found, begin, end); });
    for (std::size_t i = 0; i < dot.channel.scale.size(); ++i) scales_[i] = found.scale * dot.channel.scale[i];
    for (std::size_t i = 0; i < dot.starts.size(); ++i) starts_[i] = found.zero_point * dot.starts[i];
    if (dot.source.copies()) dot.source.copy(bytes_, copy_, pool, found.zero_point);
    const std::int64_t results = item * plan.item_results;
    DotRun run{
        dot.source.copies() ? copy_ : bytes_, starts_,
        finish_of(dot.read, dot.channel, residual_ == nullptr ? nullptr : residual_ + results, output_ + results)};
    run.finish.scale = scales_;
    share(pool, dot.chunks, dot.units(), [&](std::int64_t begin, std::int64_t end) { compute(dot, run, begin, end); });
  }

  // A NaN wins both ways.
  void find_ranges(const float* x, std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; ++piece) {
      const std::int64_t first = piece * kPieceElements;
      ReduceCall call{.dtype = DType::f32, .in = x + first, .rows = 1};
      call.columns = call.row_stride = std::min(kPieceElements, plan_->item_elements - first);
      lows_[piece] = highs_[piece] = 0;
      call.how = Reduction::min;
      call.totals = lows_ + piece;
      plan_->loops->reduce_rows(call);
      call.how = Reduction::max;
      call.totals = highs_ + piece;
      plan_->loops->reduce_rows(call);
    }
  }

  float lowest() const {
    float low = 0;
    for (std::int64_t piece = 0; piece < plan_->pieces(); ++piece) {
      if (!(lows_[piece] >= low)) low = lows_[piece];
      if (low != low) break;
    }
    return low;
  }

  float highest() const {
    float high = 0;
    for (std::int64_t piece = 0; piece < plan_->pieces(); ++piece) {
      if (!(highs_[piece] <= high)) high = highs_[piece];
      if (high != high) break;
    }
    return high;
  }

  void round(const float* x, RunTimeScale found, std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * kPieceElements;
    const std::int64_t count = std::min(end * kPieceElements, plan_->item_elements) - first;
    plan_->loops->convert(x + first, DType::f32, bytes_ + first, DType::u8, {1.0F / found.scale, 0, found.zero_point},
                          count);
  }

  std::shared_ptr<const RunTimePlan> plan_;
  const float* x_;
  const float* residual_;
  float* output_;
  float* lows_;
  float* highs_;
  float* scales_;
  std::int32_t* starts_;
  std::byte* bytes_;
  std::byte* copy_;
};

class RunTimeDot : public Kernel {
 public:
  explicit RunTimeDot(std::shared_ptr<const RunTimePlan> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override { return std::string(plan_->dot->dot.name) + "_run_time"; }
  std::size_t scratch_bytes() const override { return plan_->scratch_bytes(); }
  bool has_copied(std::size_t input) const override { return input == kWeightsInput; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundRunTimeDot>(plan_, buffers));
  }

 private:
  std::shared_ptr<const RunTimePlan> plan_;
};

// The request as if its input was u8 already.
struct StoredRequest {
  explicit StoredRequest(const KernelRequest& given)
      : x(*given.inputs[0].type), inputs(given.inputs.begin(), given.inputs.end()), request(given) {
    x.dtype = DType::u8;
    x.quantization.scales = {1.0F};
    inputs[0].type = &x;
    request.inputs = inputs;
  }
  StoredRequest(const StoredRequest&) = delete;
  StoredRequest& operator=(const StoredRequest&) = delete;

  TensorType x;
  std::vector<Operand> inputs;
  KernelRequest request;
};

Result<std::unique_ptr<Kernel>> make_run_time_dot(Conv2dRequest read, const KernelRequest& request,
                                                  std::int64_t items) {
  if (read.output != DType::f32) return refuse("What is rounded at run time is answered in f32 only.");
  auto plan = std::make_shared<RunTimePlan>();
  read.x_zero_point = 1;
  read.shape.batch /= items;
  plan->items = items;
  plan->item_elements = request.inputs[0].type->shape.elements() / items;
  plan->item_results = request.outputs[0].type->shape.elements() / items;
  plan->loops = &loops_for(request.isa);
  RHEO_ASSIGN_OR_RETURN(plan->dot, make_dot_plan(std::move(read), request));
  return std::unique_ptr<Kernel>(std::make_unique<RunTimeDot>(std::move(plan)));
}

}  // namespace

bool rounds_input(const KernelRequest& request) {
  return request.inputs[0].type->dtype == DType::f32 && request.inputs[1].type->dtype == DType::i8;
}

Result<std::unique_ptr<Kernel>> make_run_time_conv2d(const KernelRequest& given) {
  const StoredRequest stored(given);
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_conv2d(stored.request));
  const std::int64_t items = read.shape.batch;
  return make_run_time_dot(std::move(read), stored.request, items);
}

Result<std::unique_ptr<Kernel>> make_run_time_linear(const KernelRequest& given) {
  const StoredRequest stored(given);
  RHEO_ASSIGN_OR_RETURN(Conv2dRequest read, read_linear(stored.request));
  read.x_layout = read.output_layout = Layout::nhwc;  // rows of any shape are pixels
  const Shape& x = stored.x.shape;
  return make_run_time_dot(std::move(read), stored.request, x.rank() > 1 ? x[0] : 1);
}

}  // namespace rheo
