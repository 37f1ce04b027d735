// SPDX-License-Identifier: Apache-2.0
// IDX files, the format of the MNIST family: two zero bytes, an element type, a rank, big-endian dimensions, elements.
// Only unsigned bytes (type 8) are read, as images [n, height, width] and as labels [n].
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// u8 tensor with the file's shape. bad_format: no IDX file, truncated, trailing bytes, counts that lie. unsupported:
// other element types, compressed files.
Result<Tensor> read_idx(const std::string& file);
Result<Tensor> read_idx(std::span<const std::byte> bytes);

// Whether the bytes open like an IDX file.
bool looks_like_idx(std::span<const std::byte> bytes);

}  // namespace rheo
