// SPDX-License-Identifier: Apache-2.0
// `Kernel`: one op prepared for concrete types and layouts on one device; `BoundKernel`: the same with its memory.
//
// Life of a kernel: the planner asks each entry of the list in order to `make` one. An entry that cannot serve the
// request answers with a Status whose sentence becomes the refusal in the plan. A made kernel is const and shared; a
// Frame binds it once to fixed memory, and from then on `run` only computes: no allocation, no lookup, no decision.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/weight_store.h"
#include "op/op.h"

namespace rheo {

// How the elements of a logical shape lie in memory. `plain` is row-major in logical order and the only layout of
// values that are not rank 4. nhwc: channels innermost. nchw16c: channels in blocks of 16, padded with zeros to a full
// block.
enum class Layout : std::uint8_t { plain, nhwc, nchw16c };
std::string_view name_of(Layout layout);
// Versions of this library and of those that compute for it, "rheo 0.1.0, oneDNN 2.6.3": results may differ between
// versions.
std::string library_versions();
// Bytes a value of this type takes in this layout; SIZE_MAX where 64 bits cannot count them.
std::size_t storage_bytes(const TensorType& type, Layout layout);

// One operand: concrete type, layout, and the elements when it is a constant (then layout is plain).
struct Operand {
  const TensorType* type = nullptr;  // null: absent optional input
  Layout layout = Layout::plain;
  const Tensor* constant = nullptr;  // null: computed at run time
};

struct KernelRequest {
  OpKind op{};
  const Attributes* attributes = nullptr;
  std::span<const Operand> inputs;
  std::span<const Operand> outputs;
  Isa isa = Isa::portable;         // may use at most this
  int threads = 1;                 // chunks the op should be able to split into
  WeightStore* weights = nullptr;  // never null
};

// Addresses for one bind, stable for the life of the BoundKernel. Constants appear among the inputs at their own
// address.
struct Buffers {
  std::span<const void* const> inputs;  // null: absent
  std::span<void* const> outputs;
  void* scratch = nullptr;  // scratch_bytes() bytes, 64-byte aligned; contents do not survive the op
};

class BoundKernel {
 public:
  virtual ~BoundKernel() = default;
  // Computes the outputs. `pool` may be null (one thread). Called by one thread at a time.
  virtual Status run(ThreadPool* pool) = 0;
};

// Rows of pictures that lie in nhwc, or of what else has rows.
struct RowRange {
  std::int64_t begin = 0, end = 0;
  std::int64_t count() const { return end - begin; }
};

// Some rows of the result for one picture, and where they and what they are made of lie. A buffer need not hold a whole
// picture: it begins with row `..._first` of it.
struct RowCall {
  RowRange rows;
  const std::byte* input = nullptr;
  std::int64_t input_first = 0;
  std::byte* output = nullptr;
  std::int64_t output_first = 0;
  const std::byte* residual = nullptr;  // laid out as the output; null: none
  std::byte* scratch = nullptr;         // RowKernel::scratch_bytes of rows.count(), 64-byte aligned
};

// The side of a kernel that computes a picture row by row, so that several kernels can follow each other through it
// while their rows are still in the cache. Const and shared; may be called by many threads at once.
class RowKernel {
 public:
  virtual ~RowKernel() = default;
  // Rows of the input that `rows` of the result are made of, none of them outside the picture.
  virtual RowRange reads(RowRange rows) const = 0;
  // True: the input of a call is a whole picture, in the layout that the kernel was made for.
  virtual bool takes_whole_pictures() const { return false; }
  // What computing `rows` rows at once needs; contents do not survive the call. Never less for more rows.
  virtual std::size_t scratch_bytes(std::int64_t rows) const {
    static_cast<void>(rows);
    return 0;
  }
  virtual void compute(const RowCall& call) const = 0;
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  // What really runs: "ref", "own:avx512", "brgconv:avx512_core", ...
  virtual std::string implementation() const = 0;
  virtual std::size_t scratch_bytes() const { return 0; }
  // Index of an input whose memory the output may take over (same size, each element read before it is written), or -1.
  virtual int in_place_input() const { return -1; }
  // True: the kernel was made with a copy of this constant, packed weights for example, and never looks at its elements
  // again; their memory may be given back.
  virtual bool has_copied(std::size_t input) const {
    static_cast<void>(input);
    return false;
  }
  // Null: the kernel works on whole values only. Belongs to the kernel.
  virtual const RowKernel* by_rows() const { return nullptr; }
  virtual Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const = 0;
};

struct KernelEntry {
  OpKind op;
  std::string_view name;  // unique per list: "dnnl.conv2d.winograd"
  Result<std::unique_ptr<Kernel>> (*make)(const KernelRequest&);
};

// Ordered lists, best first; for every op the reference kernel takes plain layouts and is the truth.
std::span<const KernelEntry> cpu_kernels();
std::span<const KernelEntry> reference_kernels();

}  // namespace rheo
