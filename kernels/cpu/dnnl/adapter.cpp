// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/onednn_test.cpp and tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/dnnl/adapter.h"

#include <cstring>

#include "base/try.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/refusal.h"

// Of the OpenMP runtime that oneDNN brings along. Weak, so that Rheo itself needs no OpenMP library: with a oneDNN
// built on other threads both are null.
extern "C" {
__attribute__((weak)) int omp_get_max_threads(void);
__attribute__((weak)) void omp_set_num_threads(int threads);
}

namespace rheo::onednn {
namespace {

Isa isa_of(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx:
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx2_vnni: return Isa::avx2;
    case dnnl::cpu_isa::avx512_core: return Isa::avx512;
    case dnnl::cpu_isa::avx512_core_vnni: return Isa::avx512_vnni;
    default: return Isa::avx512_vnni_bf16;
  }
}

void append_eltwise(dnnl::post_ops& post_ops, dnnl::algorithm algorithm, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  post_ops.append_eltwise(algorithm, alpha, beta);
#else
  post_ops.append_eltwise(1.0F, algorithm, alpha, beta);
#endif
}

}  // namespace

SingleThreadScope::SingleThreadScope() : threads_(omp_get_max_threads == nullptr ? 1 : omp_get_max_threads()) {
  if (threads_ != 1) omp_set_num_threads(1);
}

SingleThreadScope::~SingleThreadScope() {
  if (threads_ != 1) omp_set_num_threads(threads_);
}

Status check_isa(Isa allowed) {
  const Isa chosen = isa_of(dnnl::get_effective_cpu_isa());
  if (chosen <= allowed) return {};
  return refuse("oneDNN would use " + std::string(name_of(chosen)) + " here, but at most " +
                std::string(name_of(allowed)) + " is allowed; set ONEDNN_MAX_CPU_ISA to cap it too.");
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
  static constexpr Tag kRowMajor[] = {Tag::a, Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  Tag tag = shape.rank() < std::size(kRowMajor) ? kRowMajor[shape.rank()] : Tag::undef;
  if (shape.rank() == 4 && layout == Layout::nhwc) tag = Tag::nhwc;
  if (shape.rank() == 4 && layout == Layout::nchw16c) tag = Tag::nChw16c;
  return {dnnl::memory::dims(shape.dims().begin(), shape.dims().end()), data_type_of(dtype), tag};
}

Result<dnnl::convolution_forward::primitive_desc> describe_convolution(const dnnl::engine& engine, const Convolution& c,
                                                                       const dnnl::primitive_attr& attributes) {
  constexpr dnnl::prop_kind kInference = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  dnnl::convolution_forward::primitive_desc description(engine, kInference, c.algorithm, c.x, c.weights, c.bias, c.y,
                                                        c.strides, c.dilations, c.pads_begin, c.pads_end, attributes,
                                                        true);
#else
  const dnnl::convolution_forward::desc wanted(kInference, c.algorithm, c.x, c.weights, c.bias, c.y, c.strides,
                                               c.dilations, c.pads_begin, c.pads_end);
  dnnl::convolution_forward::primitive_desc description(wanted, attributes, engine, true);
#endif
  if (!description) return refuse("oneDNN has no implementation for this convolution in these layouts.");
  const std::string name = description.impl_info_str();
  if (name.starts_with("ref")) return refuse("oneDNN would use its slow " + name + " here.");
  return description;
}

Status append_activation(dnnl::post_ops& post_ops, const Activation& activation) {
  using dnnl::algorithm;
  switch (activation.kind) {
    case Activation::Kind::none: return {};
    case Activation::Kind::relu: append_eltwise(post_ops, algorithm::eltwise_relu, 0, 0); return {};
    case Activation::Kind::clamp:
      append_eltwise(post_ops, algorithm::eltwise_clip, activation.alpha, activation.beta);
      return {};
    case Activation::Kind::silu: append_eltwise(post_ops, algorithm::eltwise_swish, 1, 0); return {};
    case Activation::Kind::gelu: append_eltwise(post_ops, algorithm::eltwise_gelu_erf, 0, 0); return {};
    case Activation::Kind::sigmoid: append_eltwise(post_ops, algorithm::eltwise_logistic, 0, 0); return {};
    case Activation::Kind::tanh: append_eltwise(post_ops, algorithm::eltwise_tanh, 0, 0); return {};
    case Activation::Kind::hardswish:
      append_eltwise(post_ops, algorithm::eltwise_hardswish, 1.0F / 6, 0.5F);  // 2.x ignores the two numbers
      return {};
    case Activation::Kind::hardsigmoid: break;
  }
  return refuse("This oneDNN cannot fuse the activation.");
}

std::string key_of(const dnnl::memory::desc& weights, std::string_view implementation) {
  std::string key = "dnnl:" + std::string(implementation) + ':' + std::to_string(weights.get_size());
#if DNNL_VERSION_MAJOR >= 3
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
                                     const dnnl::memory::desc& target, std::string_view implementation,
                                     WeightStore& store) {
  return store.get(weights.data(), key_of(target, implementation), [&]() -> Result<WeightStore::Pack> {
    AlignedBytes bytes = aligned_bytes(target.get_size());
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
    return WeightStore::Pack{std::shared_ptr<std::byte>(bytes.release(), FreeAligned{}), target.get_size()};
  });
}

}  // namespace rheo::onednn
