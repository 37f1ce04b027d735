// SPDX-License-Identifier: Apache-2.0
// How the walker hands constants to the host, and what they are called.
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/refusal.h"
#include "plugins/torch/walker.h"

namespace rheo::torch_import {
namespace {

std::uint32_t dtype_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat: return RHEO_F32;
    case at::kBFloat16: return RHEO_BF16;
    case at::kHalf: return RHEO_F16;
    case at::kChar: return RHEO_I8;
    case at::kByte: return RHEO_U8;
    case at::kInt: return RHEO_I32;
    case at::kLong: return RHEO_I64;
    case at::kBool: return RHEO_BOOL;
    default: throw Refusal(std::string("a constant of type ") + c10::toString(tensor.scalar_type()));
  }
}

}  // namespace

std::string Walker::name_of(const torch::jit::Value* value) const {
  if (const auto found = names_.find(value); found != names_.end()) return found->second;
  constexpr std::string_view kSelf = "self.";
  if (!value->hasDebugName() || value->debugName().rfind(kSelf, 0) != 0) return {};
  return value->debugName().substr(kSelf.size());
}

// Name of the layer, from the first of its weights: "layer1.0.conv1" of "layer1.0.conv1.weight".
std::string Walker::layer_name(const torch::jit::Node& node) const {
  for (const torch::jit::Value* input : node.inputs()) {
    const std::string name = name_of(input);
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos) return name.substr(0, dot);
  }
  return {};
}

std::string Walker::unique(const std::string& name) {
  if (name.empty()) return {};  // the host makes one up
  std::string candidate = name;
  for (int count = 2; !used_names_.insert(candidate).second; ++count) candidate = name + "." + std::to_string(count);
  return candidate;
}

ValueId Walker::constant(const at::Tensor& tensor, const std::string& name) {
  at::Tensor dense = tensor.detach().contiguous();
  if (dense.scalar_type() == at::kDouble) dense = dense.to(at::kFloat);
  if (dense.dim() > RHEO_PLUGIN_MAX_RANK) throw Refusal("a constant with more than 8 dimensions");
  RheoType type{dtype_of(dense), static_cast<std::uint32_t>(dense.dim()), {}};
  std::copy(dense.sizes().begin(), dense.sizes().end(), type.dims);
  ValueId value = RHEO_NO_VALUE;
  if (host_.add_constant(host_.host, unique(name).c_str(), &type, dense.data_ptr(), dense.nbytes(), &value) != 0) {
    throw HostRefused();
  }
  return value;
}

ValueId Walker::constant_of(const torch::jit::Value* value, const at::Tensor& tensor) {
  const auto found = constants_.find(value);
  if (found != constants_.end()) return found->second;
  const ValueId made = constant(tensor, name_of(value));
  constants_.emplace(value, made);
  return made;
}

}  // namespace rheo::torch_import
