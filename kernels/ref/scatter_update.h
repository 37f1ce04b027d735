// SPDX-License-Identifier: Apache-2.0
// What scatter_elements and scatter_nd do to one element: replace it by an update, or join it with one.
#pragma once

#include <cstdint>

#include "op/indexing.h"
#include "tensor/tensor_type.h"

namespace rheo::ref {

// data[to] = data[to] joined with updates[from]. Both have the dtype and scale of `type`.
void scatter_update(ScatterReduction reduction, const TensorType& type, void* data, std::int64_t to,
                    const void* updates, std::int64_t from);

}  // namespace rheo::ref
