// SPDX-License-Identifier: Apache-2.0
// The makers behind list.cpp, one per op and implementation. Each refuses with a sentence what it cannot do.
#pragma once

#include <memory>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_linear(const KernelRequest& request);

}  // namespace rheo
