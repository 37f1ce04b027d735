// SPDX-License-Identifier: Apache-2.0
// What the inference functions of this room share: sentences about misfits, and checks on ranks, dtypes and ranges.
// Private to src/op. Sentences do not name the op; infer_types puts its name in front of every one of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "base/try.h"
#include "op/op.h"

namespace rheo {

using Types = Result<std::vector<TensorType>>;

Status misfit(std::string sentence);
// "f32 [1, 3, 8, 8]".
std::string describe(const TensorType& type);
// "input 1 (weights) is f32 [8, 3, 3, 3]": the subject of most sentences.
std::string describe_input(const OpContext& context, std::size_t input, std::string_view name);

bool has_input(const OpContext& context, std::size_t input);
// For inputs known to be present.
const TensorType& input_type(const OpContext& context, std::size_t input);

Status require_rank(const OpContext& context, std::size_t input, std::string_view name, std::size_t rank);
Status require_dtype(const OpContext& context, std::size_t input, std::string_view name,
                     std::initializer_list<DType> allowed);
// What has an order that kernels know: every type but f16 and bool.
Status require_ordered(const OpContext& context, std::size_t input, std::string_view name);
// i32 or i64, for inputs that say where elements lie.
Status require_indices(const OpContext& context, std::size_t input);
// 8-bit values must say what one step is worth: one scale for the whole tensor.
Status require_one_scale(const OpContext& context, std::size_t input, std::string_view name);
// Movement ops keep the scale of a whole tensor; scales along an axis would have to move with the elements.
Status refuse_scales_along_axis(const OpContext& context, std::size_t input, std::string_view name);
// Ops that look at stored values, not only move them, and take 0 for real 0.
Status refuse_zero_point(const OpContext& context, std::size_t input, std::string_view name);
// The attribute as a zero point of `dtype`; absent is 0.
Result<int> zero_point_attribute(const OpContext& context, std::string_view attribute, DType dtype);
Status require_attribute(const OpContext& context, std::string_view attribute);
// The list, when given, has `count` entries, each in [low, high].
Status require_list(const OpContext& context, std::string_view attribute, std::size_t count, std::int64_t low,
                    std::int64_t high);
// The target named by a text attribute must be one of `allowed`; absent gives `fallback`.
Result<DType> dtype_attribute(const OpContext& context, std::string_view attribute,
                              std::initializer_list<DType> allowed, DType fallback);

// Items of a batch must never see each other, so what reduces or normalises along an axis refuses an open one.
Status keep_items_apart(const OpContext& context, std::size_t input, std::string_view name, std::size_t axis);

bool is_8bit(DType dtype);

// An axis in [-rank, rank) as an index from 0.
Result<std::size_t> axis_in_rank(std::string_view attribute, std::int64_t axis, std::size_t rank);

// The axis named by the attribute "axis", `fallback` when absent, in settings of attributes that passed infer_types.
std::size_t axis_attribute(const Attributes& attributes, std::int64_t fallback, std::size_t rank);

// NumPy's rule. A dynamic dimension meets itself or 1.
Result<Shape> broadcast_shapes(const Shape& a, const Shape& b);

// Product with dynamic dimensions counted as 1 and overflow held at the largest integer: for multiply_adds.
std::int64_t saturating_elements(const Shape& shape);
std::int64_t saturating_product(std::int64_t a, std::int64_t b);

// multiply_adds of ops that only move or compare, and of ops that do one per output element.
std::int64_t no_multiply_adds(const OpContext& context, const TensorType& output);
std::int64_t one_per_element(const OpContext& context, const TensorType& output);

}  // namespace rheo
