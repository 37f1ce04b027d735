// SPDX-License-Identifier: Apache-2.0
#include "support/kernel_runner.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/try.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

// Memory that ends at a page which nobody may read or write, but for the bytes that fill the last vector of 64: a
// kernel may look at these, and must leave them as they are.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(std::size_t bytes, std::byte fill)
      : bytes_(bytes), rest_(align_up(bytes, Tensor::kAlignment) - bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t open_bytes = align_up(bytes_ + rest_, page);
    mapped_bytes_ = open_bytes + page;
    mapped_ = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) throw std::bad_alloc();
    auto* const guard = static_cast<std::byte*>(mapped_) + open_bytes;
    if (mprotect(guard, page, PROT_NONE) != 0) throw std::bad_alloc();
    data_ = guard - rest_ - bytes_;
    std::fill_n(data_, bytes_, fill);
    std::fill_n(data_ + bytes_, rest_, kUntouched);
  }
  GuardedBuffer(GuardedBuffer&& other) noexcept
      : bytes_(other.bytes_),
        rest_(other.rest_),
        mapped_(std::exchange(other.mapped_, nullptr)),
        mapped_bytes_(other.mapped_bytes_),
        data_(other.data_) {}
  GuardedBuffer& operator=(GuardedBuffer&&) = delete;
  ~GuardedBuffer() {
    if (mapped_ != nullptr) munmap(mapped_, mapped_bytes_);
  }

  std::byte* data() { return data_; }
  std::span<std::byte> bytes() { return {data_, bytes_}; }
  bool rest_is_untouched() const {
    return std::all_of(data_ + bytes_, data_ + bytes_ + rest_, [](std::byte b) { return b == kUntouched; });
  }

 private:
  static constexpr std::byte kUntouched{0xA5};
  std::size_t bytes_, rest_;
  void* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::byte* data_ = nullptr;
};

// Elements on pages of their own, which can be closed.
class Constant {
 public:
  explicit Constant(const Tensor& elements) : bytes_(std::max<std::size_t>(elements.size_bytes(), 1)) {
    mapped_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) throw std::bad_alloc();
    if (elements.size_bytes() > 0) std::memcpy(mapped_, elements.data(), elements.size_bytes());
    tensor_ = Tensor::share(nullptr, mapped_, elements.dtype(), elements.shape());
  }
  Constant(const Constant&) = delete;
  ~Constant() { munmap(mapped_, bytes_); }

  const Tensor& tensor() const { return tensor_; }
  // Who looks at the elements from now on ends the program.
  void close() {
    if (mprotect(mapped_, bytes_, PROT_NONE) != 0) throw std::bad_alloc();
  }

 private:
  std::size_t bytes_;
  void* mapped_;
  Tensor tensor_;
};

void reorder(const TensorType& type, const void* in, Layout from, void* out, Layout to) {
  const Attributes none;
  const Operand input{&type, from, nullptr};
  const Operand output{&type, to, nullptr};
  WeightStore weights;
  KernelRequest request;
  request.op = OpKind::reorder;
  request.attributes = &none;
  request.inputs = {&input, 1};
  request.outputs = {&output, 1};
  request.weights = &weights;
  const auto kernel = entry_of(reference_kernels(), "ref.reorder").make(request);
  const void* inputs[] = {in};
  void* outputs[] = {out};
  kernel.value()->bind({inputs, outputs, nullptr}).value()->run(nullptr).ok();
}

Status broken(const KernelEntry& entry, std::string_view what) {
  return Status(StatusCode::internal, fmt::format("The kernel {} {}.", entry.name, what));
}

// Everything one kernel call needs, kept alive together.
class Bench {
 public:
  static Result<std::unique_ptr<Bench>> make(const KernelEntry& entry, const KernelRun& run) {
    auto bench = std::make_unique<Bench>(entry, run);
    RHEO_RETURN_IF_ERROR(bench->prepare());
    return bench;
  }

  Bench(const KernelEntry& entry, const KernelRun& run) : entry_(entry), run_(run) {}

  Result<KernelOutcome> outcome() {
    // Two fills of the outputs show elements that are never written: they would differ.
    RHEO_ASSIGN_OR_RETURN(const Contents first, compute(std::byte{0xFF}, std::nullopt));
    RHEO_ASSIGN_OR_RETURN(const Contents second, compute(std::byte{0x11}, std::nullopt));
    if (first != second)
      return broken(entry_, "left a part of its output unwritten, or its results change between runs");
    if (const int input = kernel_->in_place_input(); input >= 0) {
      RHEO_ASSIGN_OR_RETURN(const Contents in_place, compute(std::byte{0x11}, static_cast<std::size_t>(input)));
      if (first != in_place) return broken(entry_, "gives another result in place");
    }
    if (kernel_->by_rows() != nullptr && entry_.op == OpKind::conv2d)
      RHEO_RETURN_IF_ERROR(check_rows(*kernel_->by_rows(), first[0]));
    KernelOutcome outcome;
    for (std::size_t i = 0; i < types_.size(); ++i) {
      outcome.outputs.push_back(from_layout(first[i].data(), outputs_[i].layout, types_[i]));
      if (bytes_in_layout(outcome.outputs[i], outputs_[i].layout) != first[i])
        return broken(entry_, "left something but zeros in the channels that pad nchw16c");
    }
    outcome.types = types_;
    outcome.implementation = kernel_->implementation();
    return outcome;
  }

 private:
  using Contents = std::vector<std::vector<std::byte>>;

  Status prepare() {
    input_types_.resize(run_.inputs.size());
    constants_.resize(run_.inputs.size());
    std::vector<const TensorType*> pointers;
    for (std::size_t i = 0; i < run_.inputs.size(); ++i) {
      const KernelInput& input = run_.inputs[i];
      input_types_[i] = {
          .dtype = input.tensor.dtype(), .shape = input.tensor.shape(), .quantization = input.quantization};
      const bool is_absent = input.tensor.empty();
      pointers.push_back(is_absent ? nullptr : &input_types_[i]);
      if (input.is_constant && !is_absent) constants_[i] = std::make_unique<Constant>(input.tensor);
      inputs_.push_back({pointers.back(), input.layout, constants_[i] ? &constants_[i]->tensor() : nullptr});
      input_bytes_.push_back(is_absent ? std::vector<std::byte>() : bytes_in_layout(input.tensor, input.layout));
    }
    RHEO_ASSIGN_OR_RETURN(types_, infer_types(entry_.op, {run_.attributes, pointers}));
    // As in a plan, further outputs that are no pictures lie plain, whatever the first does.
    for (const TensorType& type : types_) {
      const bool follows = outputs_.empty() || type.shape.rank() == 4;
      outputs_.push_back({&type, follows ? run_.output_layout : Layout::plain, nullptr});
    }

    KernelRequest request;
    request.op = entry_.op;
    request.attributes = &run_.attributes;
    request.inputs = inputs_;
    request.outputs = outputs_;
    request.isa = run_.isa;
    request.threads = run_.threads;
    request.weights = &weights_;
    RHEO_ASSIGN_OR_RETURN(kernel_, entry_.make(request));
    for (std::size_t i = 0; i < constants_.size(); ++i) {
      if (constants_[i] != nullptr && kernel_->has_copied(i)) constants_[i]->close();
    }
    return {};
  }

  // What lies in the outputs after one bind and run; `shared_input`: the input whose memory output 0 takes over.
  Result<Contents> compute(std::byte fill, std::optional<std::size_t> shared_input) {
    std::vector<GuardedBuffer> inputs;
    std::vector<GuardedBuffer> outputs;
    std::vector<const void*> input_addresses;
    std::vector<void*> output_addresses;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      GuardedBuffer& buffer = inputs.emplace_back(input_bytes_[i].size(), std::byte{0});
      std::copy(input_bytes_[i].begin(), input_bytes_[i].end(), buffer.data());
      const void* address = inputs_[i].constant != nullptr ? inputs_[i].constant->data() : buffer.data();
      input_addresses.push_back(inputs_[i].type == nullptr ? nullptr : address);
    }
    for (const Operand& output : outputs_)
      output_addresses.push_back(outputs.emplace_back(storage_bytes(*output.type, output.layout), fill).data());
    if (shared_input) output_addresses[0] = inputs[*shared_input].data();
    GuardedBuffer scratch(kernel_->scratch_bytes(), std::byte{0xEE});

    RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<BoundKernel> bound,
                          kernel_->bind({input_addresses, output_addresses, scratch.data()}));
    RHEO_RETURN_IF_ERROR(bound->run(run_.pool));

    Contents contents;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      GuardedBuffer& buffer = shared_input && i == 0 ? inputs[*shared_input] : outputs[i];
      if (!buffer.rest_is_untouched()) return broken(entry_, "wrote past the end of an output");
      contents.emplace_back(buffer.bytes().begin(), buffer.bytes().end());
    }
    if (!scratch.rest_is_untouched()) return broken(entry_, "wrote past the end of its scratch memory");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const bool is_changed = !std::equal(input_bytes_[i].begin(), input_bytes_[i].end(), inputs[i].data());
      if (shared_input != i && is_changed) return broken(entry_, "changed an input");
    }
    return contents;
  }

  // Rows of pictures: a piece of memory that holds some of them, and nothing else.
  struct Rows {
    std::span<const std::byte> all;
    std::size_t row_bytes = 0;
    Rows(std::span<const std::byte> bytes, const Shape& shape)
        : all(bytes),
          row_bytes(bytes.size() / std::max<std::size_t>(1, static_cast<std::size_t>(shape[0] * shape[2]))) {}
    // Rows [begin, end), counted over all pictures.
    std::span<const std::byte> piece(std::int64_t begin, std::int64_t end) const {
      return all.subspan(static_cast<std::size_t>(begin) * row_bytes,
                         static_cast<std::size_t>(end - begin) * row_bytes);
    }
  };
  static GuardedBuffer copy_of(std::span<const std::byte> bytes) {
    GuardedBuffer copy(bytes.size(), std::byte{0});
    std::copy(bytes.begin(), bytes.end(), copy.data());
    return copy;
  }

  // Strips of a few rows must be what the whole run made of them; sums of floats may be rounded otherwise.
  Status check_rows(const RowKernel& kernel, const std::vector<std::byte>& expected) {
    constexpr std::int64_t kStrip = 3;
    const Rows y(expected, types_[0].shape);
    const std::int64_t height = types_[0].shape[2];
    std::vector<std::byte> made;
    for (std::int64_t picture = 0; picture < types_[0].shape[0]; ++picture) {
      for (std::int64_t begin = 0; begin < height; begin += kStrip) {
        const RowRange rows{begin, std::min(begin + kStrip, height)};
        GuardedBuffer strip(y.piece(0, rows.count()).size(), std::byte{0x22});
        if (!compute_strip(kernel, picture, rows, strip.data()) || !strip.rest_is_untouched())
          return broken(entry_, "wrote past the end of a strip of rows or of its scratch memory");
        made.insert(made.end(), strip.bytes().begin(), strip.bytes().end());
      }
    }
    constexpr std::int64_t kSummands = 1024;
    const Layout layout = outputs_[0].layout;
    const bool agrees = made == expected || (types_[0].dtype == DType::f32 &&
                                             is_close(from_layout(made.data(), layout, types_[0]),
                                                      from_layout(expected.data(), layout, types_[0]), kSummands));
    return agrees ? Status() : broken(entry_, "gives other results by rows");
  }

  // False when the kernel wrote past the end of its scratch memory.
  bool compute_strip(const RowKernel& kernel, std::int64_t picture, RowRange rows, std::byte* output) {
    constexpr std::size_t kResidual = 3;
    const Rows x(input_bytes_[0], input_types_[0].shape);
    const std::int64_t above = picture * input_types_[0].shape[2];
    const RowRange reads = kernel.takes_whole_pictures() ? RowRange{0, input_types_[0].shape[2]} : kernel.reads(rows);
    GuardedBuffer input = copy_of(x.piece(above + reads.begin, above + reads.end));
    GuardedBuffer scratch(kernel.scratch_bytes(rows.count()), std::byte{0xEE});
    RowCall call;
    call.rows = rows;
    call.scratch = scratch.data();
    call.input = input.data();
    call.input_first = reads.begin;
    call.output = output;
    call.output_first = rows.begin;
    std::optional<GuardedBuffer> residual;
    if (inputs_.size() > kResidual && inputs_[kResidual].type != nullptr) {
      const std::int64_t first = picture * types_[0].shape[2];
      const Rows added(input_bytes_[kResidual], types_[0].shape);
      call.residual = residual.emplace(copy_of(added.piece(first + rows.begin, first + rows.end))).data();
    }
    kernel.compute(call);
    return scratch.rest_is_untouched();
  }

  const KernelEntry& entry_;
  const KernelRun& run_;
  WeightStore weights_;
  std::vector<TensorType> input_types_;
  std::vector<TensorType> types_;
  std::vector<Operand> inputs_;
  std::vector<Operand> outputs_;
  std::vector<std::vector<std::byte>> input_bytes_;   // in the layout of the input
  std::vector<std::unique_ptr<Constant>> constants_;  // one per input; null: it is none
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace

const KernelEntry& entry_of(std::span<const KernelEntry> list, std::string_view name) {
  for (const KernelEntry& entry : list) {
    if (entry.name == name) return entry;
  }
  throw_error(Status(StatusCode::not_found, fmt::format("No kernel of the list is named {}.", name)));
}

std::vector<std::byte> bytes_in_layout(const Tensor& tensor, Layout layout) {
  const TensorType type{.dtype = tensor.dtype(), .shape = tensor.shape(), .quantization = {}};
  std::vector<std::byte> bytes(storage_bytes(type, layout));
  reorder(type, tensor.data(), Layout::plain, bytes.data(), layout);
  return bytes;
}

Tensor from_layout(const void* bytes, Layout layout, const TensorType& type) {
  Tensor tensor = Tensor::zeros(type.dtype, type.shape).value();
  reorder({.dtype = type.dtype, .shape = type.shape, .quantization = {}}, bytes, layout, tensor.mutable_data(),
          Layout::plain);
  return tensor;
}

Result<KernelOutcome> run_kernel(const KernelEntry& entry, const KernelRun& run) {
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Bench> bench, Bench::make(entry, run));
  return bench->outcome();
}

Result<KernelOutcome> run_reference(OpKind op, KernelRun run) {
  for (KernelInput& input : run.inputs) input.layout = Layout::plain;
  run.output_layout = Layout::plain;
  run.pool = nullptr;
  return run_kernel(entry_of(reference_kernels(), fmt::format("ref.{}", name_of(op))), run);
}

Tensor reference_output(OpKind op, KernelRun run) { return run_reference(op, std::move(run)).value().outputs[0]; }

}  // namespace rheo::testing
