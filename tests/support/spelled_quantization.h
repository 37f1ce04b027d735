// SPDX-License-Identifier: Apache-2.0
// Quantising as importers spell it out, for tests of the passes that put it together again.
#pragma once

#include "support/sample_graphs.h"

namespace rheo::testing {

inline ValueId number(Net& net, float value) {
  return net.builder().add_constant({}, Tensor::of<float>({value}, {}).value()).value();
}

// cast(clamp(round(x / scale) + zero_point)) to u8.
inline ValueId spelled_quantize(Net& net, ValueId x, float scale, float zero_point, std::string name = {}) {
  const ValueId steps = net.node(OpKind::round, {net.node(OpKind::div, {x, number(net, scale)})});
  const ValueId sum = net.node(OpKind::add, {steps, number(net, zero_point)});
  const ValueId inside = net.node(OpKind::clamp, {sum}, {{"min", 0.0}, {"max", 255.0}});
  return net.node(OpKind::cast, {inside}, {{"dtype", std::string("u8")}}, std::move(name));
}

// (cast(stored) - zero_point) * scale.
inline ValueId spelled_dequantize(Net& net, ValueId stored, float scale, float zero_point, std::string name = {}) {
  const ValueId cast = net.node(OpKind::cast, {stored}, {{"dtype", std::string("f32")}});
  const ValueId centred = net.node(OpKind::sub, {cast, number(net, zero_point)});
  return net.node(OpKind::mul, {centred, number(net, scale)}, {}, std::move(name));
}

// Both: x rounded to 8 bits.
inline ValueId spelled_pair(Net& net, ValueId x, float scale, float zero_point) {
  return spelled_dequantize(net, spelled_quantize(net, x, scale, zero_point), scale, zero_point);
}

// Weights as an importer of a quantised model leaves them: dequantize of an i8 constant, one scale along `axis`.
inline ValueId stored_weights(Net& net, const Shape& shape, int axis, std::uint64_t seed) {
  Tensor elements = Tensor::zeros(DType::i8, shape).value();
  const Tensor random = random_tensor(shape, seed, -127, 127);
  for (std::size_t i = 0; i < elements.as<std::int8_t>().size(); ++i) {
    elements.as_mutable<std::int8_t>()[i] = static_cast<std::int8_t>(random.as<float>()[i]);
  }
  Quantization scales;
  scales.axis = axis;
  for (std::int64_t i = 0; i < shape[static_cast<std::size_t>(axis)]; ++i) {
    scales.scales.push_back(0.002F + 0.0003F * static_cast<float>(i % 5));
  }
  const ValueId stored = net.builder().add_constant({}, std::move(elements), std::move(scales)).value();
  return net.node(OpKind::dequantize, {stored}, {{"dtype", std::string("f32")}});
}

}  // namespace rheo::testing
