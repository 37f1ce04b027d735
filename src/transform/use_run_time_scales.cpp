// SPDX-License-Identifier: Apache-2.0
// A model whose activations are quantised while it runs (DynamicQuantizeLinear, MatMulInteger or ConvInteger, then the
// scales) says so in many small ops: the range of x, x rounded by it, a product of whole numbers, and the result times
// both scales. Together they are one layer of f32 values by i8 weights, which finds the range itself (op/op.h). The
// model takes one range for the whole tensor, the layer one per item, so that where dimension 0 counts anything but
// single items it is joined into one.
#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "base/try.h"
#include "op/activation.h"
#include "op/epilogue.h"
#include "tensor/copy.h"
#include "tensor/eight_bit_parts.h"
#include "transform/pass.h"
#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

const Node* made_by(const Graph& graph, ValueId value, OpKind kind) {
  const Node* maker = maker_of(graph, value);
  return maker != nullptr && maker->kind == kind ? maker : nullptr;
}

bool is_number(const Graph& graph, ValueId value, double number) {
  const std::optional<double> found = scalar_of(graph, value);
  return found && *found == number;
}

// What a cast makes `value` of; kNoValue when none to `dtype` does.
ValueId behind_cast(const Graph& graph, ValueId value, DType dtype) {
  const Node* cast = made_by(graph, value, OpKind::cast);
  return cast != nullptr && graph.value(value).type.dtype == dtype ? cast->inputs[0] : kNoValue;
}

// The end of a range of all of x, widened to hold 0: x.
ValueId ranged(const Graph& graph, ValueId end, OpKind widen, OpKind reduce) {
  const Node* widened = made_by(graph, end, widen);
  if (widened == nullptr || !is_number(graph, widened->inputs[1], 0)) return kNoValue;
  const Node* reduced = made_by(graph, widened->inputs[0], reduce);
  return reduced != nullptr && graph.value(reduced->outputs[0]).type.shape.rank() == 0 ? reduced->inputs[0] : kNoValue;
}

// The rounded value that ends in `value`: round(x), or round(x) + zero point, cut to u8.
struct Rounded {
  ValueId quotient = kNoValue, zero_point = kNoValue;
};
std::optional<Rounded> rounded_to_u8(const Graph& graph, ValueId value) {
  const Node* clamp = made_by(graph, behind_cast(graph, value, DType::u8), OpKind::clamp);
  if (clamp == nullptr) return std::nullopt;
  const ActivationSettings bounds = ActivationSettings::alone(OpKind::clamp, clamp->attributes);
  if (bounds.low != 0 || bounds.high != 255) return std::nullopt;
  Rounded found;
  ValueId whole = clamp->inputs[0];
  if (const Node* sum = made_by(graph, whole, OpKind::add)) {
    found.zero_point = behind_cast(graph, sum->inputs[1], DType::f32);
    whole = sum->inputs[0];
  }
  const Node* round = made_by(graph, whole, OpKind::round);
  if (round == nullptr) return std::nullopt;
  found.quotient = round->inputs[0];
  return found;
}

// x / scale, where `scale` is what one of 255 steps of the range of x is worth: x.
ValueId divided_by_its_step(const Graph& graph, ValueId quotient, ValueId zero_point) {
  const Node* division = made_by(graph, quotient, OpKind::div);
  const Node* step = division == nullptr ? nullptr : made_by(graph, division->inputs[1], OpKind::div);
  const Node* range = step == nullptr ? nullptr : made_by(graph, step->inputs[0], OpKind::sub);
  if (range == nullptr || !is_number(graph, step->inputs[1], 255)) return kNoValue;
  const ValueId x = division->inputs[0];
  const ValueId low = range->inputs[1];
  if (ranged(graph, range->inputs[0], OpKind::max, OpKind::reduce_max) != x) return kNoValue;
  if (ranged(graph, low, OpKind::min, OpKind::reduce_min) != x) return kNoValue;
  const std::optional<Rounded> zero = rounded_to_u8(graph, zero_point);
  const Node* zero_division = zero ? made_by(graph, zero->quotient, OpKind::div) : nullptr;
  const Node* below = zero_division == nullptr ? nullptr : made_by(graph, zero_division->inputs[0], OpKind::sub);
  const bool is_zero_point = below != nullptr && zero->zero_point == kNoValue && below->inputs[1] == low &&
                             is_number(graph, below->inputs[0], 0) && zero_division->inputs[1] == division->inputs[1];
  return is_zero_point ? x : kNoValue;
}

// x as whole steps around 0, and what a step is worth.
struct Steps {
  ValueId x = kNoValue, scale = kNoValue;
};
std::optional<Steps> steps_of(const Graph& graph, ValueId value) {
  const Node* difference = made_by(graph, value, OpKind::sub);
  if (difference == nullptr) return std::nullopt;
  const ValueId zero_point = behind_cast(graph, difference->inputs[1], DType::f32);
  const std::optional<Rounded> stored = rounded_to_u8(graph, behind_cast(graph, difference->inputs[0], DType::f32));
  if (!stored || zero_point == kNoValue || stored->zero_point != zero_point) return std::nullopt;
  const ValueId x = divided_by_its_step(graph, stored->quotient, zero_point);
  if (x == kNoValue) return std::nullopt;
  return Steps{x, maker_of(graph, stored->quotient)->inputs[1]};
}

// scale * constant, in either order: the constant.
const Value* times_scale(const Graph& graph, ValueId factor, ValueId scale) {
  const Node* product = made_by(graph, factor, OpKind::mul);
  if (product == nullptr) return nullptr;
  const bool is_first = product->inputs[0] == scale;
  if (!is_first && product->inputs[1] != scale) return nullptr;
  const Value& other = graph.value(product->inputs[is_first ? 1 : 0]);
  return other.is_constant() && other.type.dtype == DType::f32 ? &other : nullptr;
}

// One number, or one per channel of a result.
bool is_per_channel(const Shape& shape, std::int64_t channels, bool is_conv) {
  if (shape.elements() == 1) return true;
  if (shape.elements() != channels) return false;
  const std::size_t behind = is_conv ? 2 : 0;
  return shape.rank() > behind && shape[shape.rank() - 1 - behind] == channels;
}

// The f32 weights as parts of 8 bits; [k, n] of a matmul become [n, k]. None where they are no such numbers.
Result<std::vector<EightBitPart>> parts_of(const Tensor& weights, bool is_matrix) {
  const std::span<const float> reals = weights.as<float>();
  const auto is_whole = [](float number) { return std::abs(number) <= 255 && number == std::floor(number); };
  if (!std::ranges::all_of(reals, is_whole)) return std::vector<EightBitPart>();
  const std::vector<int> numbers(reals.begin(), reals.end());
  RHEO_ASSIGN_OR_RETURN(std::vector<EightBitPart> parts, eight_bit_parts(numbers, weights.shape()));
  for (EightBitPart& part : parts) {
    if (!is_matrix) break;
    RHEO_ASSIGN_OR_RETURN(part.elements, exchanged(part.elements));
  }
  return parts;
}

// A product of steps by whole numbers, cast to i32 and back: all that is needed to make the layer.
struct Found {
  const Node* product = nullptr;
  Steps steps;
  const Value* weights = nullptr;
  std::span<const float> scales;  // one, or one per output channel
};

std::optional<Found> find(const Graph& graph, ValueId sums, ValueId factor) {
  const Node* product = maker_of(graph, behind_cast(graph, behind_cast(graph, sums, DType::f32), DType::i32));
  if (product == nullptr || (product->kind != OpKind::matmul && product->kind != OpKind::conv2d)) return std::nullopt;
  const bool is_conv = product->kind == OpKind::conv2d;
  const std::optional<Steps> steps = steps_of(graph, product->inputs[0]);
  const Value& weights = graph.value(product->inputs[kWeightsInput]);
  const bool is_layer = weights.is_constant() && weights.type.dtype == DType::f32 &&
                        weights.type.shape.rank() == (is_conv ? 4 : 2) && product->inputs.size() == 2;
  if (!steps || !is_layer || graph.value(steps->x).type.shape.rank() < 2) return std::nullopt;
  // Numbers of any rank stand between x and its steps, and one of a higher rank would have made them other dimensions.
  const bool keeps_shape = graph.value(steps->x).type.shape == graph.value(product->inputs[0]).type.shape;
  // What a product does behind its sums would come before the scales, not after them.
  if (!keeps_shape || !product->attributes.text("activation").empty()) return std::nullopt;
  const std::int64_t channels = weights.type.shape[is_conv ? 0 : 1];
  // A convolution whose groups have few outputs is faster in f32.
  constexpr std::int64_t kFewOutputs = 16;
  if (is_conv && channels / product->attributes.integer("groups", 1) < kFewOutputs &&
      product->attributes.integer("groups", 1) > 1) {
    return std::nullopt;
  }
  const Value* scales = times_scale(graph, factor, steps->scale);
  if (scales == nullptr || !is_per_channel(scales->type.shape, channels, is_conv)) return std::nullopt;
  const std::span<const float> numbers = scales->constant.as<float>();
  if (!std::ranges::all_of(numbers, [](float scale) { return std::isfinite(scale) && scale > 0; })) return std::nullopt;
  return Found{product, *steps, &weights, numbers};
}

// The layer of all parts, but for the last of them, whose inputs it answers.
Result<std::vector<ValueId>> inputs_of_last(Rewriter& rewriter, const Node& node, const Found& found, ValueId x,
                                            std::vector<EightBitPart> parts) {
  const OpKind kind = found.product->kind == OpKind::conv2d ? OpKind::conv2d : OpKind::linear;
  std::vector<ValueId> inputs = {x, kNoValue};
  for (EightBitPart& part : parts) {
    Quantization scales;
    for (const float scale : found.scales) scales.scales.push_back(part.factor * scale);
    RHEO_ASSIGN_OR_RETURN(inputs[kWeightsInput], rewriter.add_constant(node.name + ".weights.i8",
                                                                       std::move(part.elements), std::move(scales)));
    if (&part == &parts.back()) break;
    RHEO_ASSIGN_OR_RETURN(const ValueId so_far, rewriter.emit(kind, inputs, found.product->attributes,
                                                              rewriter.fresh_name(node.name + ".halves"), node.source));
    inputs.insert(inputs.end(), {kNoValue, so_far});  // as the residual
  }
  return inputs;
}

Result<bool> use(Rewriter& rewriter, const Node& node) {
  const Graph& graph = rewriter.graph();
  if (node.kind != OpKind::mul) return false;
  std::optional<Found> found = find(graph, node.inputs[0], node.inputs[1]);
  if (!found) found = find(graph, node.inputs[1], node.inputs[0]);
  const Shape result = graph.value(node.outputs[0]).type.shape;
  if (!found || result != graph.value(found->product->outputs[0]).type.shape) return false;
  const bool is_conv = found->product->kind == OpKind::conv2d;
  const Shape x_shape = graph.value(found->steps.x).type.shape;
  const bool counts_items = x_shape[0] == 1;
  if (is_conv && !counts_items) return false;
  if (!rewriter.has_room_for(found->weights->constant.size_bytes())) return false;
  RHEO_ASSIGN_OR_RETURN(std::vector<EightBitPart> parts, parts_of(found->weights->constant, !is_conv));
  if (parts.empty()) return false;
  RHEO_ASSIGN_OR_RETURN(ValueId x, rewriter.mapped(found->steps.x));
  if (!counts_items) {
    const std::vector<std::int64_t> shape = {1, -1, x_shape[x_shape.rank() - 1]};
    RHEO_ASSIGN_OR_RETURN(x, rewriter.emit(OpKind::reshape, {x}, {{"shape", shape}},
                                           rewriter.fresh_name(node.name + ".item"), node.source));
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, inputs_of_last(rewriter, node, *found, x, std::move(parts)));
  const OpKind kind = is_conv ? OpKind::conv2d : OpKind::linear;
  if (counts_items) {
    RHEO_RETURN_IF_ERROR(rewriter.replace(node, kind, std::move(inputs), found->product->attributes));
    return true;
  }
  RHEO_ASSIGN_OR_RETURN(
      x, rewriter.emit(kind, std::move(inputs), {}, rewriter.fresh_name(node.name + ".layer"), node.source));
  const std::vector<std::int64_t> shape(result.dims().begin(), result.dims().end());
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::reshape, {x}, {{"shape", shape}}));
  return true;
}

}  // namespace

Result<GraphPointer> use_run_time_scales(const Graph& graph) { return rewrite(graph, use); }

}  // namespace rheo
