// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/onednn_test.cpp and tests/agree/kernels_dnnl_test.cpp.
#include "kernels/cpu/dnnl/adapter.h"

#include <cstring>

#include "base/try.h"
#include "kernels/cpu/refusal.h"

// Of the OpenMP runtime that oneDNN brings along. Weak, so that Rheo itself needs no OpenMP library: with a oneDNN
// built on other threads both are null.
extern "C" {
__attribute__((weak)) int omp_get_max_threads(void);
__attribute__((weak)) void omp_set_num_threads(int threads);
}

namespace rheo::onednn {
namespace {

constexpr dnnl::prop_kind kInference = dnnl::prop_kind::forward_inference;

// "ref:any", "gemm:ref".
bool is_slow(std::string_view implementation) {
  return implementation.starts_with("ref") || implementation.find(":ref") != std::string_view::npos;
}

// A description that oneDNN answered becomes a primitive, unless it is empty or slow.
template <typename Primitive>
Result<Prepared> made(const typename Primitive::primitive_desc& description, std::string_view op) {
  if (!description) return refuse("oneDNN has no implementation for this " + std::string(op) + " in these layouts.");
  Prepared prepared;
  prepared.implementation = description.impl_info_str();
  if (is_slow(prepared.implementation)) {
    return refuse("oneDNN would use its slow " + prepared.implementation + " here.");
  }
  prepared.primitive = Primitive(description);
  prepared.weights = description.query_md(dnnl::query::weights_md, 0);
  prepared.scratchpad = description.scratchpad_desc();
  return prepared;
}

// 2.x takes first what is wanted, then engine and attributes; 3.x takes all at once.
#if DNNL_VERSION_MAJOR >= 3
template <typename Primitive, typename... Wanted>
Result<Prepared> ask(const dnnl::engine& engine, const dnnl::primitive_attr& attributes, std::string_view op,
                     const Wanted&... wanted) {
  return made<Primitive>(typename Primitive::primitive_desc(engine, wanted..., attributes, true), op);
}
#else
template <typename Primitive, typename... Wanted>
Result<Prepared> ask(const dnnl::engine& engine, const dnnl::primitive_attr& attributes, std::string_view op,
                     const Wanted&... wanted) {
  const typename Primitive::desc description(wanted...);
  return made<Primitive>(typename Primitive::primitive_desc(description, attributes, engine, true), op);
}
#endif

void append_elementwise(dnnl::post_ops& post_ops, const Elementwise& elementwise) {
#if DNNL_VERSION_MAJOR >= 3
  post_ops.append_eltwise(elementwise.algorithm, elementwise.alpha, elementwise.beta);
#else
  post_ops.append_eltwise(1.0F, elementwise.algorithm, elementwise.alpha, elementwise.beta);
#endif
}

}  // namespace

SingleThreadScope::SingleThreadScope() : threads_(omp_get_max_threads == nullptr ? 1 : omp_get_max_threads()) {
  if (threads_ != 1) omp_set_num_threads(1);
}

SingleThreadScope::~SingleThreadScope() {
  if (threads_ != 1) omp_set_num_threads(threads_);
}

// The values are sets of bits, each newer one holding those of what it includes, so that one unknown here is known by
// what it includes.
IsaFacts facts_of(dnnl::cpu_isa isa) {
  const auto includes = [bits = static_cast<unsigned>(isa)](dnnl::cpu_isa other) {
    return (bits & static_cast<unsigned>(other)) == static_cast<unsigned>(other);
  };
  if (includes(dnnl::cpu_isa::avx512_core_bf16)) return {Isa::avx512_vnni_bf16, true};
  if (includes(dnnl::cpu_isa::avx512_core_vnni)) return {Isa::avx512_vnni, true};
  if (includes(dnnl::cpu_isa::avx512_core)) return {Isa::avx512, false};
  return {Isa::avx2, includes(dnnl::cpu_isa::avx2_vnni)};
}

Status check_isa(Isa allowed) {
  const Isa chosen = facts_of(dnnl::get_effective_cpu_isa()).isa;
  if (chosen <= allowed) return {};
  return refuse("oneDNN would use " + std::string(name_of(chosen)) + " here, but at most " +
                std::string(name_of(allowed)) + " is allowed; set ONEDNN_MAX_CPU_ISA to cap it too.");
}

Status check_exact_bytes() {
  if (facts_of(dnnl::get_effective_cpu_isa()).has_exact_bytes) return {};
  return refuse("oneDNN would add 8-bit products in 16 bits here, which can overflow.");
}

dnnl::memory::data_type data_type_of(DType dtype) {
  switch (dtype) {
    case DType::bf16: return dnnl::memory::data_type::bf16;
    case DType::u8: return dnnl::memory::data_type::u8;
    case DType::i8: return dnnl::memory::data_type::s8;
    default: return dnnl::memory::data_type::f32;
  }
}

dnnl::memory::desc describe(const Shape& shape, DType dtype, Layout layout) {
  using Tag = dnnl::memory::format_tag;
  dnnl::memory::dims dims(shape.dims().begin(), shape.dims().end());
  if (shape.rank() == 4 && layout == Layout::nhwc) return {dims, data_type_of(dtype), Tag::nhwc};
  if (shape.rank() == 4 && layout == Layout::nchw16c) return {dims, data_type_of(dtype), Tag::nChw16c};
  if (dims.empty()) dims = {1};
  dnnl::memory::dims strides(dims.size(), 1);
  for (std::size_t i = dims.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * dims[i];
  return {dims, data_type_of(dtype), strides};
}

Result<Prepared> prepare(const dnnl::engine& engine, const Convolution& c, const dnnl::primitive_attr& attributes) {
  return ask<dnnl::convolution_forward>(engine, attributes, "convolution", kInference, c.algorithm, c.x, c.weights,
                                        c.bias, c.y, c.strides, c.dilations, c.pads_begin, c.pads_end);
}

Result<Prepared> prepare(const dnnl::engine& engine, const Product& p, const dnnl::primitive_attr& attributes) {
  if (p.bias == dnnl::memory::desc()) {
    return ask<dnnl::matmul>(engine, attributes, "product", p.x, p.weights, p.y);
  }
  return ask<dnnl::matmul>(engine, attributes, "product", p.x, p.weights, p.bias, p.y);
}

Result<Prepared> prepare(const dnnl::engine& engine, const Pool& p, const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::memory::dims no_gaps(p.kernel.size(), 0);
  return ask<dnnl::pooling_forward>(engine, attributes, "pool", kInference, p.algorithm, p.x, p.y, p.strides, p.kernel,
                                    no_gaps, p.pads_begin, p.pads_end);
#else
  return ask<dnnl::pooling_forward>(engine, attributes, "pool", kInference, p.algorithm, p.x, p.y, p.strides, p.kernel,
                                    p.pads_begin, p.pads_end);
#endif
}

Result<Prepared> prepare(const dnnl::engine& engine, const LayerNorm& n, const dnnl::primitive_attr& attributes) {
  dnnl::normalization_flags flags = dnnl::normalization_flags::none;
  if (n.has_scale) flags |= dnnl::normalization_flags::use_scale;
  if (n.has_shift) flags |= dnnl::normalization_flags::use_shift;
#if DNNL_VERSION_MAJOR >= 3
  return ask<dnnl::layer_normalization_forward>(engine, attributes, "layer_norm", kInference, n.x, n.x, n.epsilon,
                                                flags);
#else
  return ask<dnnl::layer_normalization_forward>(engine, attributes, "layer_norm", kInference, n.x, n.epsilon, flags);
#endif
}

Result<Prepared> prepare(const dnnl::engine& engine, const Elementwise& e, const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return ask<dnnl::eltwise_forward>(engine, attributes, "function", kInference, e.algorithm, e.x, e.x, e.alpha, e.beta);
#else
  return ask<dnnl::eltwise_forward>(engine, attributes, "function", kInference, e.algorithm, e.x, e.alpha, e.beta);
#endif
}

Result<Prepared> prepare(const dnnl::engine& engine, const Arithmetic& a, const dnnl::primitive_attr& attributes) {
  return ask<dnnl::binary>(engine, attributes, "arithmetic", a.algorithm, a.a, a.b, a.y);
}

Result<Elementwise> elementwise_of(const Activation& activation, float unit) {
  using dnnl::algorithm;
  switch (activation.kind) {
    case Activation::Kind::relu: return Elementwise{algorithm::eltwise_relu, 0, 0, {}};
    case Activation::Kind::clamp:
      return Elementwise{algorithm::eltwise_clip, activation.alpha / unit, activation.beta / unit, {}};
    case Activation::Kind::silu: return Elementwise{algorithm::eltwise_swish, 1, 0, {}};
    case Activation::Kind::gelu: return Elementwise{algorithm::eltwise_gelu_erf, 0, 0, {}};
    case Activation::Kind::sigmoid: return Elementwise{algorithm::eltwise_logistic, 0, 0, {}};
    case Activation::Kind::tanh: return Elementwise{algorithm::eltwise_tanh, 0, 0, {}};
    case Activation::Kind::hardswish:
      return Elementwise{algorithm::eltwise_hardswish, 1.0F / 6, 0.5F, {}};  // 2.x ignores the two numbers
    case Activation::Kind::hardsigmoid:
#if DNNL_VERSION_MAJOR >= 3
      return Elementwise{algorithm::eltwise_hardsigmoid, 1.0F / 6, 0.5F, {}};
#else
      return refuse("This oneDNN has no hardsigmoid.");
#endif
    case Activation::Kind::leaky_relu:
      if (activation.alpha == 0) return refuse("oneDNN's relu makes a number of NaN, which would pass for an answer.");
      return Elementwise{algorithm::eltwise_relu, activation.alpha, 0, {}};
    case Activation::Kind::gelu_tanh: return Elementwise{algorithm::eltwise_gelu_tanh, 0, 0, {}};
    case Activation::Kind::elu:
    case Activation::Kind::sloped_clamp:
    case Activation::Kind::none: break;
  }
  return refuse("oneDNN is not asked for this function here.");
}

Status append_activation(dnnl::post_ops& post_ops, const Activation& activation, float unit, bool keeps_nan) {
  if (activation.kind == Activation::Kind::none) return {};
  if (keeps_nan && activation.kind == Activation::Kind::clamp) {
    return refuse("oneDNN's clamp makes a number of NaN, which would pass for an answer.");
  }
  if (keeps_nan && activation.kind == Activation::Kind::relu) {
    append_elementwise(post_ops, {dnnl::algorithm::eltwise_relu, 1e-30F, 0, {}});
    return {};
  }
#if DNNL_VERSION_MAJOR < 3
  if (activation.kind == Activation::Kind::hardsigmoid) {  // which is a clamp after a linear function
    append_elementwise(post_ops, {dnnl::algorithm::eltwise_linear, 1.0F / 6, 0.5F, {}});
    append_elementwise(post_ops, {dnnl::algorithm::eltwise_clip, 0, 1, {}});
    return {};
  }
#endif
  RHEO_ASSIGN_OR_RETURN(const Elementwise function, elementwise_of(activation, unit));
  append_elementwise(post_ops, function);
  return {};
}

void append_factor(dnnl::post_ops& post_ops, float factor) {
  append_elementwise(post_ops, {dnnl::algorithm::eltwise_linear, factor, 0, {}});
}

void append_sum(dnnl::post_ops& post_ops, float factor, DType dtype, DType output) {
  post_ops.append_sum(factor, 0, dtype == output ? dnnl::memory::data_type::undef : data_type_of(dtype));
}

#if DNNL_VERSION_MAJOR >= 3
const int kScalesArgument = DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS;

void set_channel_scales(dnnl::primitive_attr& attributes, const std::vector<float>&, ChannelMasks masks) {
  attributes.set_scales_mask(DNNL_ARG_WEIGHTS, masks.weights);
}

std::vector<float> bias_argument(const std::vector<float>&, const std::vector<float>& offset) { return offset; }
#else
const int kScalesArgument = 0;

void set_channel_scales(dnnl::primitive_attr& attributes, const std::vector<float>& scale, ChannelMasks masks) {
  attributes.set_output_scales(masks.y, scale);
}

std::vector<float> bias_argument(const std::vector<float>& scale, const std::vector<float>& offset) {
  std::vector<float> bias = offset;
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] /= scale[c];
  return bias;
}
#endif

std::string key_of(const dnnl::memory::desc& weights, std::string_view maker) {
  std::string key = "dnnl:" + std::string(maker) + ':' + std::to_string(weights.get_size());
#if DNNL_VERSION_MAJOR >= 3
  key += ':' + std::to_string(static_cast<int>(weights.get_data_type()));
  for (const dnnl::memory::dims& numbers : {weights.get_dims(), weights.get_padded_dims(), weights.get_strides(),
                                            weights.get_inner_blks(), weights.get_inner_idxs()}) {
    for (const dnnl_dim_t number : numbers) key += ':' + std::to_string(number);
    key += '|';
  }
#else
  key.append(reinterpret_cast<const char*>(&weights.data), sizeof(weights.data));
#endif
  return key;
}

Result<std::shared_ptr<void>> packed(const dnnl::engine& engine, const Tensor& weights, const dnnl::memory::desc& plain,
                                     const dnnl::memory::desc& target, std::string_view maker, WeightStore& store) {
  return store.get(weights.data(), key_of(target, maker), [&](WeightArena& arena) -> Result<WeightStore::Pack> {
    std::shared_ptr<std::byte> bytes = arena.allocate(target.get_size());
    if (bytes == nullptr) {
      return Status(StatusCode::resource_exhausted,
                    "No memory for " + std::to_string(target.get_size()) + " bytes of packed weights.");
    }
    // oneDNN takes the source as mutable memory, but only reads it.
    dnnl::memory from(plain, engine, const_cast<void*>(weights.data()));
    dnnl::memory to(target, engine, bytes.get());
    dnnl::stream stream(engine);
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return WeightStore::Pack{std::move(bytes), target.get_size()};
  });
}

}  // namespace rheo::onednn
