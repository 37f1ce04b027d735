// SPDX-License-Identifier: Apache-2.0
// The safetensors format: 8 bytes of header length N, N bytes of JSON that name every tensor's type, shape and place,
// then the elements, without gaps. Reading checks every rule of the format before anything is built.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

struct Safetensors {
  std::map<std::string, Tensor, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> metadata;
};

// With an `owner` that keeps `bytes` alive, tensors that are aligned to Tensor::kAlignment share them; all others are
// copies. bad_format, unsupported (element types that Rheo lacks) or limit_exceeded name the tensor.
Result<Safetensors> read_safetensors(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                                     const LoadLimits& limits);

// The bytes of one file. Tensors whose sizes are multiples of Tensor::kAlignment come first, so that they are aligned
// when the file is. The texts of metadata must be UTF-8, the names pass require_name.
Result<std::vector<std::byte>> safetensors_bytes(const Safetensors& content);

}  // namespace rheo
