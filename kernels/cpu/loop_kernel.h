// SPDX-License-Identifier: Apache-2.0
// A kernel that is one function of its buffers: all that most ops need.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kernels/kernel.h"

namespace rheo {

// Computes the outputs from the inputs. Must not throw; holds all sizes and parameters by value.
using LoopBody = std::function<void(const Buffers&)>;

struct LoopSettings {
  std::string implementation;
  int in_place_input = -1;
  std::size_t scratch_bytes = 0;
};

std::unique_ptr<Kernel> make_loop_kernel(LoopSettings settings, LoopBody body);

// "own:avx512" and so on: which of the compiled loops a kernel uses.
std::string loops_name(Isa isa);

}  // namespace rheo
