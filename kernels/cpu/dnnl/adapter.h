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

// What the instruction set that oneDNN picked offers, and our name for it.
struct IsaFacts {
  Isa isa = Isa::avx2;
  bool has_exact_bytes = false;  // sums of four u8 x i8 in 32 bits; older ones saturate at 16 bits
};
IsaFacts facts_of(dnnl::cpu_isa isa);

// oneDNN picks its instruction set by itself, so it may be used only where the caller's cap allows what it would pick.
// unsupported names both; ONEDNN_MAX_CPU_ISA caps oneDNN too.
Status check_isa(Isa allowed);
// unsupported where oneDNN's 8-bit products are not exact.
Status check_exact_bytes();

// The type and layout of one operand. Layouts of values that are not pictures are row-major.
dnnl::memory::data_type data_type_of(DType dtype);
dnnl::memory::desc describe(const Shape& shape, DType dtype, Layout layout);

// A primitive, and what it wants to be given.
struct Prepared {
  dnnl::primitive primitive;
  std::string implementation;
  dnnl::memory::desc weights, scratchpad;
};

// What can be prepared. Descriptions of x, y and so on have a fixed layout, weights may have format_tag::any.
// unsupported when no fast implementation takes it, with the name of the slow one.
struct Convolution {
  dnnl::algorithm algorithm = dnnl::algorithm::convolution_direct;
  dnnl::memory::desc x, weights, bias, y;                       // bias zero: none
  dnnl::memory::dims strides, dilations, pads_begin, pads_end;  // dilation 0: no gap
};
Result<Prepared> prepare(const dnnl::engine& engine, const Convolution& wanted, const dnnl::primitive_attr& attributes);

struct Product {
  dnnl::memory::desc x, weights, bias, y;  // [..., m, k], [..., k, n], [..., 1, n] or zero, [..., m, n]
};
Result<Prepared> prepare(const dnnl::engine& engine, const Product& wanted, const dnnl::primitive_attr& attributes);

struct Pool {
  dnnl::algorithm algorithm = dnnl::algorithm::pooling_max;
  dnnl::memory::desc x, y;
  dnnl::memory::dims kernel, strides, pads_begin, pads_end;
};
Result<Prepared> prepare(const dnnl::engine& engine, const Pool& wanted, const dnnl::primitive_attr& attributes);

struct LayerNorm {
  dnnl::memory::desc x;  // and y; normalised over the last dimension
  float epsilon = 0;
  bool has_scale = false, has_shift = false;
};
Result<Prepared> prepare(const dnnl::engine& engine, const LayerNorm& wanted, const dnnl::primitive_attr& attributes);

struct Elementwise {
  dnnl::algorithm algorithm = dnnl::algorithm::eltwise_relu;
  float alpha = 0, beta = 0;
  dnnl::memory::desc x;  // and y
};
Result<Prepared> prepare(const dnnl::engine& engine, const Elementwise& wanted, const dnnl::primitive_attr& attributes);

struct Arithmetic {
  dnnl::algorithm algorithm = dnnl::algorithm::binary_add;
  dnnl::memory::desc a, b, y;  // of one rank; a dimension of 1 is stretched
};
Result<Prepared> prepare(const dnnl::engine& engine, const Arithmetic& wanted, const dnnl::primitive_attr& attributes);

// An activation as oneDNN calls it, working on values that are `unit` times smaller than real ones (1 unless it is
// none, relu or clamp). unsupported when this version has no such function.
Result<Elementwise> elementwise_of(const Activation& activation, float unit = 1);
// oneDNN's relu makes 0 of a NaN, so that an answer without meaning would look like one. `keeps_nan`: a slope of 1e-30
// below 0 takes its other way, where a NaN stays (and minus infinity too); unsupported for clamp, which has no such
// way.
Status append_activation(dnnl::post_ops& post_ops, const Activation& activation, float unit, bool keeps_nan);
// Multiplies by `factor`.
void append_factor(dnnl::post_ops& post_ops, float factor);
// Adds factor * what lies in the output, read as `dtype`, which is as wide as the output's type.
void append_sum(dnnl::post_ops& post_ops, float factor, DType dtype, DType output);

// Makes a product yield post_ops(scale[channel] * sum + offset[channel]). The two masks say which dimensions of y and
// of the weights the channels are. 2.x takes the scales at creation and adds the bias before them, 3.x takes them as an
// argument and adds it after.
struct ChannelMasks {
  int y = 0, weights = 0;
};
void set_channel_scales(dnnl::primitive_attr& attributes, const std::vector<float>& scale, ChannelMasks masks);
// What to hand over as DNNL_ARG_BIAS.
std::vector<float> bias_argument(const std::vector<float>& scale, const std::vector<float>& offset);
// The argument that takes the scales at execution, or 0.
extern const int kScalesArgument;

// Bytes that are equal exactly when packed weights can be shared. `maker`: what packs them.
std::string key_of(const dnnl::memory::desc& weights, std::string_view maker);

// `weights` (row-major constant) packed as `target` says, through the store.
Result<std::shared_ptr<void>> packed(const dnnl::engine& engine, const Tensor& weights, const dnnl::memory::desc& plain,
                                     const dnnl::memory::desc& target, std::string_view maker, WeightStore& store);

// Calls `body`, which returns a Status or a Result, with one OpenMP thread, and turns what oneDNN throws into a Status.
template <typename F>
auto guarded(F&& body) -> decltype(body()) {
  const SingleThreadScope scope;
  try {
    return std::forward<F>(body)();
  } catch (const dnnl::error& error) {
    return Status(StatusCode::unsupported, std::string("oneDNN refused: ") + error.what() + ".");
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::resource_exhausted, "oneDNN found no memory; make the batch smaller or free some.");
  }
}

}  // namespace rheo::onednn
