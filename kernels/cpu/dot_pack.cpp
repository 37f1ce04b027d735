// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/dot_test.cpp.
#include "kernels/cpu/dot_pack.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/checked.h"
#include "base/try.h"

namespace rheo {
namespace {

float as_element(float value, float) { return value; }
float as_element(std::int8_t value, float) { return value; }
std::int8_t as_element(std::int8_t value, std::int8_t) { return value; }
std::int16_t as_element(std::int8_t value, std::int16_t) { return value; }
std::uint16_t as_element(std::uint16_t bits, std::uint16_t) { return bits; }
float as_element(std::uint16_t bits, float) {
  const std::uint32_t wide = std::uint32_t{bits} << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

// Output channels are walked innermost on the packed side; one output channel at a time is read.
template <typename Source, typename Target>
void fill(const Conv2dShape& shape, const DotLoops& dot, const Segments& segments, DotPack& pack, const Source* from) {
  const std::int64_t group_channels = shape.out_channels / shape.groups;
  const std::int64_t depth = shape.in_channels / shape.groups;
  const std::int64_t positions = shape.kernel_height * shape.kernel_width;
  for (std::int64_t channel = 0; channel < shape.out_channels; ++channel) {
    const std::int64_t group = channel / group_channels;
    const std::int64_t in_group = channel % group_channels;
    const std::int64_t block = in_group / dot.block_channels;
    const std::int64_t lane = in_group % dot.block_channels;
    const std::int64_t in_block =
        std::min<std::int64_t>(dot.block_channels, group_channels - block * dot.block_channels);
    const std::int64_t lanes = (in_block + 15) / 16 * 16;
    Target* to = reinterpret_cast<Target*>(pack.weights.get() + static_cast<std::size_t>(group) * pack.group_bytes +
                                           static_cast<std::size_t>(block) * pack.block_bytes);
    for (std::int64_t position = 0; position < positions; ++position) {
      const std::int64_t segment = segments.whole_rows ? position / shape.kernel_width : position;
      const std::int64_t first = segments.whole_rows ? position % shape.kernel_width * depth : 0;
      for (std::int64_t c = 0; c < depth; ++c) {
        const std::int64_t k = first + c;
        to[((segment * segments.steps + k / dot.step) * lanes + lane) * dot.step + k % dot.step] =
            as_element(from[(channel * depth + c) * positions + position], Target{});
      }
    }
  }
}

}  // namespace

Segments segments_of(const Conv2dShape& shape, int step) {
  Segments segments;
  segments.whole_rows = shape.groups == 1 && (shape.dilation_width == 1 || shape.kernel_width == 1);
  const std::int64_t depth = shape.in_channels / shape.groups;
  segments.count =
      static_cast<int>(segments.whole_rows ? shape.kernel_height : shape.kernel_height * shape.kernel_width);
  segments.elements = segments.whole_rows ? shape.kernel_width * depth : depth;
  segments.steps = static_cast<int>((segments.elements + step - 1) / step);
  return segments;
}

std::string dot_key(const Conv2dShape& shape, const DotLoops& dot) {
  std::string key = "dot";
  for (const std::int64_t part :
       {static_cast<std::int64_t>(dot.element), std::int64_t{dot.block_channels}, shape.groups, shape.out_channels,
        shape.in_channels, shape.kernel_height, shape.kernel_width, std::int64_t{shape.dilation_width == 1}}) {
    key += ':' + std::to_string(part);
  }
  return key;
}

Result<WeightStore::Pack> make_dot_pack(const Conv2dRequest& request, const DotLoops& dot, WeightArena& arena) {
  const Conv2dShape& shape = request.shape;
  const Segments segments = segments_of(shape, dot.step);
  const std::int64_t group_channels = shape.out_channels / shape.groups;
  const std::int64_t blocks = (group_channels + dot.block_channels - 1) / dot.block_channels;
  const std::int64_t last = (group_channels - (blocks - 1) * dot.block_channels + 15) / 16 * 16;
  const std::size_t channel_bytes =
      static_cast<std::size_t>(segments.count) * static_cast<std::size_t>(segments.steps) * 4;
  auto pack = std::make_shared<DotPack>();
  pack->block_bytes = channel_bytes * static_cast<std::size_t>(dot.block_channels);
  pack->group_bytes =
      pack->block_bytes * static_cast<std::size_t>(blocks - 1) + channel_bytes * static_cast<std::size_t>(last);
  const std::size_t bytes = pack->group_bytes * static_cast<std::size_t>(shape.groups);
  pack->weights = arena.allocate(bytes);
  if (pack->weights == nullptr) {
    return Status(StatusCode::resource_exhausted,
                  "No memory for " + std::to_string(bytes) + " bytes of packed weights.");
  }
  const void* from = request.weights_tensor->data();
  if (dot.element == DotElement::i16) {
    fill<std::int8_t, std::int16_t>(shape, dot, segments, *pack, static_cast<const std::int8_t*>(from));
  } else if (dot.element == DotElement::u8) {
    fill<std::int8_t, std::int8_t>(shape, dot, segments, *pack, static_cast<const std::int8_t*>(from));
  } else if (dot.element == DotElement::bf16) {
    fill<std::uint16_t, std::uint16_t>(shape, dot, segments, *pack, static_cast<const std::uint16_t*>(from));
  } else if (request.weights == DType::bf16) {
    fill<std::uint16_t, float>(shape, dot, segments, *pack, static_cast<const std::uint16_t*>(from));
  } else if (request.weights == DType::i8) {
    fill<std::int8_t, float>(shape, dot, segments, *pack, static_cast<const std::int8_t*>(from));
  } else {
    fill<float, float>(shape, dot, segments, *pack, static_cast<const float*>(from));
  }
  return WeightStore::Pack{pack, bytes};
}

Result<std::shared_ptr<const DotPack>> dot_pack(const Conv2dRequest& request, const DotLoops& dot, WeightStore& store) {
  const auto make = [&](WeightArena& arena) { return make_dot_pack(request, dot, arena); };
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<void> pack,
                        store.get(request.weights_tensor->data(), dot_key(request.shape, dot), make));
  return std::static_pointer_cast<const DotPack>(pack);
}

}  // namespace rheo
