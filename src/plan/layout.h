// SPDX-License-Identifier: Apache-2.0
// Which layouts a value may take, and when two layouts are the same bytes.
#pragma once

#include <span>

#include <rheo/status.h>

#include "kernels/kernel.h"
#include "op/op.h"
#include "tensor/tensor_type.h"

namespace rheo {

// [batch, channels, height, width] in f32, bf16 or 8 bits: all for which a layout other than plain exists. Whole
// numbers and masks of that shape stay plain, because no kernel works on their channels.
bool is_picture(const TensorType& type);

// True when the elements lie at the same addresses in both layouts, so that no reorder is needed: plain and nhwc of one
// channel or one pixel, nhwc and nchw16c of 16 channels, and so on.
bool same_bytes(const TensorType& type, Layout a, Layout b);

// Layouts worth trying for a value, the default first: nhwc, nchw16c (f32 only) and plain for pictures, else plain.
std::span<const Layout> candidate_layouts(const TensorType& type);

// How one call lays out its pictures: those it reads and those it writes. A residual lies like the output.
struct LayoutPair {
  Layout input = Layout::plain;
  Layout output = Layout::plain;
  friend bool operator==(LayoutPair, LayoutPair) = default;
};

// The layout operand `index` of `op` has under `pair`. Constants and everything but pictures are plain.
Layout input_layout(OpKind op, std::size_t index, const Operand& operand, LayoutPair pair);
Layout output_layout(const TensorType& type, LayoutPair pair);

Result<Layout> layout_from_name(std::string_view name);

}  // namespace rheo
