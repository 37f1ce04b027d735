// SPDX-License-Identifier: Apache-2.0
// Computes one node ahead of time, through the reference kernels: slow, exact and without a plan.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "op/op.h"

namespace rheo {

// One input of a node; `elements` null: an absent optional input.
struct Argument {
  const Tensor* elements = nullptr;
  const TensorType* type = nullptr;  // static
  bool is_constant = false;          // kernels may prepare constants; some take weights only as constants
};

// The node's outputs, one per entry of `output_types`, which are static. Fails with every kernel's reason when none
// takes the request.
Result<std::vector<Tensor>> evaluate(OpKind kind, const Attributes& attributes, std::span<const Argument> arguments,
                                     std::span<const TensorType> output_types);

// About how many steps that takes, of some ten nanoseconds each: elements that are read and written, multiply-adds, and
// what the reference kernels look at more often than once (windows, orders). Static types that passed infer_types; a
// null input is absent. Stops at the largest number.
std::size_t evaluation_steps(OpKind kind, const OpContext& context, std::span<const TensorType> output_types);

}  // namespace rheo
