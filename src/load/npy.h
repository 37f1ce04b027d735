// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files, versions 1 to 3, C order, little endian: f32, f16, u8, i8, i32, i64, bool.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// A dense tensor of its own memory. bad_format: truncated, a shape that lies, trailing bytes. unsupported: Fortran
// order, big endian, other element types.
Result<Tensor> read_npy(const std::string& file);
Result<Tensor> read_npy(std::span<const std::byte> bytes);

// Version 1, written atomically. unsupported: bf16, which .npy cannot name.
Status write_npy(const std::string& file, const TensorView& tensor);

}  // namespace rheo
