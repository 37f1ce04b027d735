// SPDX-License-Identifier: Apache-2.0
// The weights of a .pt2 archive: what data/weights/NAME_weights_config.json says of each, and its elements. A weight is
// a view of the mapped file where it is dense and aligned, and gives its pages back with its last Tensor; several may
// lie in one entry.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <rheo/limits.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "load/json_value.h"
#include "load/pt2/program.h"
#include "load/pt2/zip_archive.h"

namespace rheo::pt2 {

struct Payload {
  std::string entry;  // below data/weights/ or data/constants/
  bool is_pickled = false;
  TensorMeta meta;
};

// By the weight's name in the model.
Result<std::map<std::string, Payload, std::less<>>> parse_payloads(std::string_view json, const LoadLimits& limits);

// The elements of `storage` that `meta` picks, in types of Rheo: 64-bit floats become 32-bit ones, i16 becomes i32.
// bad_format for what lies outside of the storage; limit_exceeded for more elements than `limits` allow, or than the
// storage justifies.
Result<Tensor> tensor_of(const FileBytes& storage, const TensorMeta& meta, const LoadLimits& limits);

// The type that Rheo computes with for one of the schema's names; unsupported for one that it has not.
Result<DType> computed_dtype(std::string_view name);

}  // namespace rheo::pt2
