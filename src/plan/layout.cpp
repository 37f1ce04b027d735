// SPDX-License-Identifier: Apache-2.0
#include "plan/layout.h"

#include <array>

namespace rheo {
namespace {

constexpr std::size_t kResidualOfConv2d = 3;

}  // namespace

bool is_picture(const TensorType& type) {
  const bool has_layouts =
      type.dtype == DType::f32 || type.dtype == DType::bf16 || type.dtype == DType::i8 || type.dtype == DType::u8;
  return has_layouts && type.shape.rank() == 4;
}

bool same_bytes(const TensorType& type, Layout a, Layout b) {
  if (a == b) return true;
  if (!is_picture(type)) return false;
  const std::int64_t channels = type.shape[1];
  const std::int64_t pixels = type.shape[2] * type.shape[3];
  const bool blocked = a == Layout::nchw16c || b == Layout::nchw16c;
  if (!blocked) return channels == 1 || pixels == 1;
  const Layout other = a == Layout::nchw16c ? b : a;
  if (channels % 16 != 0) return false;  // the block is padded, the other layout is not
  if (pixels == 1) return true;
  return other == Layout::nhwc && channels == 16;
}

std::span<const Layout> candidate_layouts(const TensorType& type) {
  static constexpr std::array kFloatPictures = {Layout::nhwc, Layout::nchw16c, Layout::plain};
  static constexpr std::array kPictures = {Layout::nhwc, Layout::plain};
  static constexpr std::array kOthers = {Layout::plain};
  if (!is_picture(type)) return kOthers;
  if (type.dtype == DType::f32) return kFloatPictures;
  return kPictures;
}

Layout input_layout(OpKind op, std::size_t index, const Operand& operand, LayoutPair pair) {
  if (operand.type == nullptr || operand.constant != nullptr || !is_picture(*operand.type)) return Layout::plain;
  const bool residual = op == OpKind::conv2d && index == kResidualOfConv2d;
  return residual ? pair.output : pair.input;
}

Layout output_layout(const TensorType& type, LayoutPair pair) { return is_picture(type) ? pair.output : Layout::plain; }

Result<Layout> layout_from_name(std::string_view name) {
  for (Layout layout : {Layout::plain, Layout::nhwc, Layout::nchw16c}) {
    if (name_of(layout) == name) return layout;
  }
  return Status(StatusCode::bad_format,
                "There is no layout named '" + std::string(name) + "'; layouts are plain, nhwc and nchw16c.");
}

}  // namespace rheo
