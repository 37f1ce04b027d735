// SPDX-License-Identifier: Apache-2.0
// A kernel that is one oneDNN primitive, or several that each compute a part of the output.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/cpu/dnnl/adapter.h"

namespace rheo::onednn {

// Where a primitive finds one of its arguments: `offset` bytes into an input or an output, or at a fixed address.
struct Argument {
  enum class Place : unsigned char { input, output, fixed };
  int id = 0;  // DNNL_ARG_...
  dnnl::memory::desc description;
  Place place = Place::input;
  std::size_t index = 0, offset = 0;
  std::shared_ptr<void> fixed;

  static Argument input(int id, const dnnl::memory::desc& description, std::size_t index, std::size_t offset = 0) {
    return {id, description, Place::input, index, offset, nullptr};
  }
  static Argument output(int id, const dnnl::memory::desc& description, std::size_t offset = 0) {
    return {id, description, Place::output, 0, offset, nullptr};
  }
  static Argument constant(int id, const dnnl::memory::desc& description, std::shared_ptr<void> address) {
    return {id, description, Place::fixed, 0, 0, std::move(address)};
  }
};
// Keeps `numbers` for as long as the argument lives.
Argument constant_of(int id, std::vector<float> numbers);

// One part of the work; the parts of a kernel write different memory and may run at the same time.
struct Part {
  Prepared prepared;
  std::vector<Argument> arguments;
};

struct PartsSettings {
  int in_place_input = -1;
  // Of an input to which the parts add: it is copied into the output first, unless it lies there.
  int added_input = -1;
  std::size_t added_bytes = 0;
};

// At least one part. The kernel is called after the implementation of the first.
std::unique_ptr<Kernel> make_primitive_kernel(const dnnl::engine& engine, std::vector<Part> parts,
                                              PartsSettings settings = {});

// The shape with dimensions of 1 put in front, so that it has `rank`.
Shape widened(const Shape& shape, std::size_t rank);

// The engine and the attributes that every primitive here is made with: scratch memory comes from the Frame.
dnnl::engine cpu_engine();
dnnl::primitive_attr with_own_scratch();

}  // namespace rheo::onednn
