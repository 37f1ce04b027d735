// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/dot_kernel.h"

#include <string>
#include <utility>

#include "base/try.h"
#include "kernels/cpu/dot_plan.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

class BoundDot : public BoundKernel {
 public:
  BoundDot(std::shared_ptr<const DotPlan> plan, const Buffers& buffers) : plan_(std::move(plan)) {
    x_ = static_cast<const std::byte*>(buffers.inputs[0]);
    scratch_ = static_cast<std::byte*>(buffers.scratch);
    run_ = {plan_->source.copies() ? scratch_ : x_, plan_->starts.data(),
            finish_of(plan_->read, plan_->channel, buffers)};
  }

  Status run(ThreadPool* pool) override {
    const DotPlan& plan = *plan_;
    if (plan.source.copies()) plan.source.copy(x_, scratch_, pool);
    share(pool, plan.chunks, plan.units(),
          [&](std::int64_t begin, std::int64_t end) { compute(plan, run_, begin, end); });
    return {};
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
  const std::byte* x_;
  std::byte* scratch_;
  DotRun run_;
};

// The end of the sums of call.rows, the first of which lie where it begins.
Finish finish_of(const DotPlan& plan, const RowCall& call) {
  const Conv2dShape& shape = plan.read.shape;
  const std::int64_t skipped = (call.rows.begin - call.output_first) * shape.out_width * shape.out_channels;
  const std::byte* residual = call.residual == nullptr
                                  ? nullptr
                                  : call.residual + skipped * static_cast<std::int64_t>(size_bytes(plan.read.residual));
  return finish_of(plan.read, plan.channel, residual,
                   call.output + skipped * static_cast<std::int64_t>(size_bytes(plan.read.output)));
}

class FlatRows : public RowKernel {
 public:
  explicit FlatRows(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)) {}
  RowRange reads(RowRange rows) const override { return rows; }
  void compute(const RowCall& call) const override {
    const DotPlan& plan = *plan_;
    const Conv2dShape& shape = plan.read.shape;
    const std::int64_t in_row = shape.in_width * shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.read.x));
    const std::int64_t pixels = call.rows.count() * shape.out_width;
    const std::int64_t panels = (pixels + plan.panel_pixels - 1) / plan.panel_pixels;
    const DotRun run{call.input + (call.rows.begin - call.input_first) * in_row, plan.starts.data(),
                     finish_of(plan, call)};
    compute_flat(plan, run, pixels, 0, panels * plan.blocks);
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
};

// Rows of a picture that lies in planes: of the copy in nhwc, which is padded, only the part that they are made of.
class PlaneRows : public RowKernel {
 public:
  explicit PlaneRows(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)) {}
  RowRange reads(RowRange rows) const override { return rows_read(plan_->read.shape, rows); }
  bool takes_whole_pictures() const override { return true; }
  std::size_t scratch_bytes(std::int64_t rows) const override {
    return plan_->source.strip_bytes(padded_rows({0, rows}).count());
  }
  void compute(const RowCall& call) const override {
    plan_->source.copy_strip(call.input, padded_rows(call.rows), call.scratch);
    compute_lines(*plan_, {call.scratch, plan_->starts.data(), finish_of(*plan_, call)}, call.rows);
  }

 private:
  RowRange padded_rows(RowRange rows) const {
    const Conv2dShape& shape = plan_->read.shape;
    return {rows.begin * shape.stride_height,
            (rows.end - 1) * shape.stride_height + (shape.kernel_height - 1) * shape.dilation_height + 1};
  }

  std::shared_ptr<const DotPlan> plan_;
};

std::unique_ptr<const RowKernel> row_kernel_of(const std::shared_ptr<const DotPlan>& plan) {
  if (plan->panel_pixels > 0 && !plan->source.copies()) return std::make_unique<FlatRows>(plan);
  if (plan->by_lines && plan->source.reads_planes()) return std::make_unique<PlaneRows>(plan);
  return nullptr;
}

class DotKernel : public Kernel {
 public:
  explicit DotKernel(std::shared_ptr<const DotPlan> plan) : plan_(std::move(plan)), rows_(row_kernel_of(plan_)) {}
  std::string implementation() const override { return plan_->dot.name; }
  std::size_t scratch_bytes() const override { return plan_->source.scratch_bytes(); }
  bool has_copied(std::size_t input) const override { return input == kWeightsInput; }
  const RowKernel* by_rows() const override { return rows_.get(); }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDot>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DotPlan> plan_;
  std::unique_ptr<const RowKernel> rows_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_dot_kernel(Conv2dRequest read, const KernelRequest& request) {
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<const DotPlan> plan, make_dot_plan(std::move(read), request));
  return std::unique_ptr<Kernel>(std::make_unique<DotKernel>(std::move(plan)));
}

}  // namespace rheo
