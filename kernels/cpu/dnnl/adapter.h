// SPDX-License-Identifier: Apache-2.0
// The one place that knows which oneDNN this is: what 2.x and 3.x spell differently is spelled here once.
//
// oneDNN reports failures by exceptions and falls back silently to slow reference code. Here both become a Status: an
// implementation whose name starts with "ref" is a refusal. Everything is created and executed with one OpenMP thread,
// because a busy neighbour costs an OpenMP team fifty times its time; threads come from our own pool.
#pragma once

#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <utility>
#include <vector>

#include <rheo/status.h>

#include "base/cpu.h"
#include "kernels/cpu/activation.h"
#include "kernels/kernel.h"

namespace rheo::onednn {

// Sets this thread's OpenMP team to one while it lives, and back afterwards.
class SingleThreadScope {
 public:
  SingleThreadScope();
  ~SingleThreadScope();
  SingleThreadScope(const SingleThreadScope&) = delete;
  SingleThreadScope& operator=(const SingleThreadScope&) = delete;

 private:
  int threads_;
};

// oneDNN picks its instruction set by itself, so it may be used only where the caller's cap allows what it would pick.
// unsupported names both; ONEDNN_MAX_CPU_ISA caps oneDNN too.
Status check_isa(Isa allowed);

// The type and layout of one operand. Layouts of values that are not pictures are row-major.
dnnl::memory::data_type data_type_of(DType dtype);
dnnl::memory::desc describe(const Shape& shape, DType dtype, Layout layout);

struct Convolution {
  dnnl::algorithm algorithm = dnnl::algorithm::convolution_direct;
  dnnl::memory::desc x, weights, bias, y;                       // bias zero: none
  dnnl::memory::dims strides, dilations, pads_begin, pads_end;  // dilation 0: no gap
};
// unsupported when no fast implementation takes it, with the name of the slow one.
Result<dnnl::convolution_forward::primitive_desc> describe_convolution(const dnnl::engine& engine,
                                                                       const Convolution& convolution,
                                                                       const dnnl::primitive_attr& attributes);

// Appends `activation` to the post-ops; unsupported when this version has no such function.
Status append_activation(dnnl::post_ops& post_ops, const Activation& activation);

// Bytes that are equal exactly when packed weights can be shared.
std::string key_of(const dnnl::memory::desc& weights, std::string_view implementation);

// `weights` (row-major constant) packed as `target` says, through the store.
Result<std::shared_ptr<void>> packed(const dnnl::engine& engine, const Tensor& weights, const dnnl::memory::desc& plain,
                                     const dnnl::memory::desc& target, std::string_view implementation,
                                     WeightStore& store);

// Calls `body`, which returns a Status or a Result, and turns what oneDNN throws into a Status.
template <typename F>
auto guarded(F&& body) -> decltype(body()) {
  try {
    return std::forward<F>(body)();
  } catch (const dnnl::error& error) {
    return Status(StatusCode::unsupported, std::string("oneDNN refused: ") + error.what() + ".");
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::resource_exhausted, "oneDNN found no memory; make the batch smaller or free some.");
  }
}

}  // namespace rheo::onednn
