// SPDX-License-Identifier: Apache-2.0
#include "kernels/joined_kernel.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/checked.h"

namespace rheo {
namespace {

constexpr std::size_t kStripBytes = 384 * 1024;  // of all rows that are handed on; leaves room for weights

struct JoinedPlan {
  JoinedRequest request;
  std::int64_t strip_rows = 1;       // of the result
  std::int64_t strips = 1;           // per picture
  std::vector<std::size_t> offsets;  // of each part's rows in the memory of a chunk; the last part has none
  std::size_t scratch_offset = 0;    // in the memory of a chunk: what any one of the parts needs besides
  std::size_t chunk_bytes = 0;
  int chunks = 1;

  std::size_t last() const { return request.parts.size() - 1; }
  std::int64_t height() const { return request.parts.back().height; }
  RowRange rows_of(std::int64_t strip) const {
    return {strip * strip_rows, std::min((strip + 1) * strip_rows, height())};
  }
};

// The most rows of each part that some strip needs at once.
std::vector<std::int64_t> rows_held(const JoinedPlan& plan) {
  std::vector<std::int64_t> held(plan.request.parts.size(), 0);
  for (std::int64_t strip = 0; strip < plan.strips; ++strip) {
    RowRange rows = plan.rows_of(strip);
    for (std::size_t part = plan.last(); part > 0; --part) {
      rows = plan.request.parts[part].kernel->by_rows()->reads(rows);
      held[part - 1] = std::max(held[part - 1], rows.count());
    }
  }
  return held;
}

std::int64_t rounded_up(std::int64_t count, std::int64_t by) { return (count + by - 1) / by; }

// Strips of at most `rows` rows, as equal as can be.
void set_strips(JoinedPlan& plan, std::int64_t rows) {
  plan.strip_rows = rounded_up(plan.height(), rounded_up(plan.height(), rows));
  plan.strips = rounded_up(plan.height(), plan.strip_rows);
  plan.offsets.clear();
  plan.chunk_bytes = 0;
  const std::vector<std::int64_t> held = rows_held(plan);
  for (std::size_t part = 0; part < plan.last(); ++part) {
    plan.offsets.push_back(plan.chunk_bytes);
    plan.chunk_bytes += align_up(static_cast<std::size_t>(held[part]) * plan.request.parts[part].row_bytes, 64);
  }
  plan.scratch_offset = plan.chunk_bytes;
  std::size_t scratch_bytes = plan.request.parts[plan.last()].kernel->by_rows()->scratch_bytes(plan.strip_rows);
  for (std::size_t part = 0; part < plan.last(); ++part) {
    scratch_bytes = std::max(scratch_bytes, plan.request.parts[part].kernel->by_rows()->scratch_bytes(held[part]));
  }
  plan.chunk_bytes += align_up(scratch_bytes, 64);
}

// One chunk's way through its strips. Of each part it knows which rows of the present picture lie in its buffer.
class JoinedWalk {
 public:
  JoinedWalk(const JoinedPlan& plan, const std::vector<const std::byte*>& inputs, std::byte* output, std::byte* memory)
      : plan_(&plan), inputs_(&inputs), output_(output), memory_(memory), held_(plan.request.parts.size()) {}

  // Strips [begin, end), counted over all pictures.
  void run(std::int64_t begin, std::int64_t end) {
    for (std::int64_t strip = begin; strip < end; ++strip) {
      const std::int64_t picture = strip / plan_->strips;
      if (strip == begin || picture != picture_) std::fill(held_.begin(), held_.end(), RowRange{});
      picture_ = picture;
      compute(plan_->last(), plan_->rows_of(strip % plan_->strips));
    }
  }

 private:
  const JoinedPart& part(std::size_t index) const { return plan_->request.parts[index]; }
  std::size_t row_bytes(std::size_t index) const { return part(index).row_bytes; }

  // Makes `rows` of part `index` present in its buffer, and drops those before them: rows go upwards only.
  const std::byte* present(std::size_t index, RowRange rows) {
    std::byte* buffer = memory_ + plan_->offsets[index];
    RowRange& held = held_[index];
    const std::int64_t kept = std::max(held.end - rows.begin, std::int64_t{0});
    if (kept > 0 && held.begin < rows.begin) {
      std::memmove(buffer, buffer + static_cast<std::size_t>(rows.begin - held.begin) * row_bytes(index),
                   static_cast<std::size_t>(kept) * row_bytes(index));
    }
    held = {rows.begin, rows.begin + kept};
    const RowRange missing = {held.end, rows.end};
    held.end = std::max(held.end, rows.end);
    if (missing.count() > 0) compute(index, missing);
    return buffer;
  }

  void compute(std::size_t index, RowRange rows) {
    const RowKernel& kernel = *part(index).kernel->by_rows();
    RowCall call;
    call.rows = rows;
    call.scratch = memory_ + plan_->scratch_offset;
    if (index == 0) {
      call.input =
          (*inputs_)[0] + static_cast<std::size_t>(picture_ * plan_->request.x_height) * plan_->request.x_row_bytes;
    } else {
      const RowRange reads = kernel.reads(rows);
      call.input = present(index - 1, reads);
      call.input_first = reads.begin;
    }
    const std::size_t before = static_cast<std::size_t>(picture_ * part(index).height) * row_bytes(index);
    const bool is_last = index == plan_->last();
    call.output = is_last ? output_ + before : memory_ + plan_->offsets[index];
    call.output_first = is_last ? 0 : held_[index].begin;
    if (part(index).residual >= 0) {
      const std::int64_t skipped = picture_ * part(index).height + call.output_first;
      call.residual = (*inputs_)[static_cast<std::size_t>(part(index).residual)] +
                      static_cast<std::size_t>(skipped) * part(index).residual_row_bytes;
    }
    kernel.compute(call);
  }

  const JoinedPlan* plan_;
  const std::vector<const std::byte*>* inputs_;
  std::byte* output_;
  std::byte* memory_;
  std::vector<RowRange> held_;
  std::int64_t picture_ = 0;
};

class BoundJoined : public BoundKernel {
 public:
  BoundJoined(std::shared_ptr<const JoinedPlan> plan, const Buffers& buffers) : plan_(std::move(plan)) {
    for (const void* input : buffers.inputs) inputs_.push_back(static_cast<const std::byte*>(input));
    auto* memory = static_cast<std::byte*>(buffers.scratch);
    for (int chunk = 0; chunk < plan_->chunks; ++chunk) {
      walks_.emplace_back(*plan_, inputs_, static_cast<std::byte*>(buffers.outputs[0]), memory);
      memory += plan_->chunk_bytes;
    }
  }
  BoundJoined(const BoundJoined&) = delete;  // walks refer to the inputs
  BoundJoined& operator=(const BoundJoined&) = delete;

  Status run(ThreadPool* pool) override {
    const std::int64_t strips = plan_->request.parts[0].pictures * plan_->strips;
    const auto chunks = static_cast<std::int64_t>(walks_.size());
    auto walk = [&](int chunk) {
      walks_[static_cast<std::size_t>(chunk)].run(strips * chunk / chunks, strips * (chunk + 1) / chunks);
    };
    if (pool != nullptr && chunks > 1) {
      pool->for_each(static_cast<int>(chunks), walk);
    } else {
      for (int chunk = 0; chunk < static_cast<int>(chunks); ++chunk) walk(chunk);
    }
    return {};
  }

 private:
  std::shared_ptr<const JoinedPlan> plan_;
  std::vector<const std::byte*> inputs_;
  std::vector<JoinedWalk> walks_;
};

class JoinedKernel : public Kernel {
 public:
  explicit JoinedKernel(std::shared_ptr<const JoinedPlan> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override {
    std::string names;
    for (const JoinedPart& part : plan_->request.parts)
      names += (names.empty() ? "" : " > ") + part.kernel->implementation();
    return names;
  }
  std::size_t scratch_bytes() const override { return plan_->chunk_bytes * static_cast<std::size_t>(plan_->chunks); }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundJoined>(plan_, buffers));
  }

 private:
  std::shared_ptr<const JoinedPlan> plan_;
};

}  // namespace

std::unique_ptr<Kernel> make_joined_kernel(JoinedRequest request) {
  auto plan = std::make_shared<JoinedPlan>();
  plan->request = std::move(request);
  set_strips(*plan, plan->height());
  while (plan->chunk_bytes > kStripBytes && plan->strip_rows > 1) set_strips(*plan, plan->strip_rows - 1);
  // A thread that the system takes away delays half of its share at most; each chunk makes some rows again.
  const std::int64_t chunks = plan->request.threads > 1 ? 2 * plan->request.threads : 1;
  const std::int64_t pictures = plan->request.parts[0].pictures;
  if (plan->strips * pictures < chunks) set_strips(*plan, rounded_up(plan->height(), chunks));
  plan->chunks = static_cast<int>(std::min(chunks, plan->strips * pictures));
  return std::make_unique<JoinedKernel>(std::move(plan));
}

}  // namespace rheo
