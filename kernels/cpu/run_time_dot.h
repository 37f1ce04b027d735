// SPDX-License-Identifier: Apache-2.0
// conv2d and linear of f32 values by i8 weights, on own loops: each item is rounded to u8 by its own range
// (op/run_time_scale.h), then multiplied as stored bytes are.
#pragma once

#include <memory>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

// Whether a request of conv2d or linear rounds its input while it runs.
bool rounds_input(const KernelRequest& request);

// Takes what own conv2d and linear take of u8 and answers in f32.
Result<std::unique_ptr<Kernel>> make_run_time_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_run_time_linear(const KernelRequest& request);

}  // namespace rheo
