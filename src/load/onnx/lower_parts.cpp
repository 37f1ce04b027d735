// SPDX-License-Identifier: Apache-2.0
// Tensors put together, cut and padded.
#include <algorithm>
#include <limits>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {

Status lower_concat(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(std::max<std::size_t>(call.inputs(), 1)));
  std::vector<ImportValue*> parts;
  for (std::size_t i = 0; i < call.inputs(); ++i) parts.push_back(&call.input(i));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::concat, std::span<ImportValue* const>(parts),
                                                 {{"axis", call.integer("axis", 1)}}));
  call.answer(std::move(y));
  return {};
}

// Bounds are attributes before operator set 10, then inputs.
Status lower_slice(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  RHEO_ASSIGN_OR_RETURN(const auto starts, call.list("starts", 1));
  RHEO_ASSIGN_OR_RETURN(const auto ends, call.list("ends", 2));
  RHEO_ASSIGN_OR_RETURN(auto axes, call.list("axes", 3));
  RHEO_ASSIGN_OR_RETURN(auto steps, call.list("steps", 4));
  if (!starts || !ends || starts->size() != ends->size()) return call.refuse("lacks starts or ends");
  if (!axes) {
    axes.emplace(starts->size());
    for (std::size_t i = 0; i < axes->size(); ++i) (*axes)[i] = static_cast<std::int64_t>(i);
  }
  if (!steps) steps.emplace(starts->size(), 1);
  if (axes->size() != starts->size() || steps->size() != starts->size())
    return call.refuse("has lists of different lengths");
  ImportValue y = call.input(0);
  for (std::size_t i = 0; i < starts->size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis((*axes)[i], call.rank(0)));
    const bool is_whole =
        (*starts)[i] == 0 && (*steps)[i] == 1 && (*ends)[i] >= std::numeric_limits<std::int32_t>::max();
    if (is_whole) continue;
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::slice, {&y},
                                       {{"axis", static_cast<std::int64_t>(axis)},
                                        {"start", (*starts)[i]},
                                        {"end", (*ends)[i]},
                                        {"step", (*steps)[i]}}));
  }
  call.answer(std::move(y));
  return {};
}

// Into parts of given sizes, or of one size with a smaller last one.
Status lower_split(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const Shape x = call.shape(0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(call.integer("axis", 0), x.rank()));
  RHEO_ASSIGN_OR_RETURN(auto sizes, call.list("split", 1));
  if (x[axis] == kDynamic) return call.mixes_batch("splits the batch");
  const auto parts = static_cast<std::int64_t>(call.node().outputs.size());
  if (call.integer("num_outputs", parts) != parts) return call.refuse("has another number of outputs than it says");
  if (!sizes) {
    const std::int64_t each = (x[axis] + parts - 1) / std::max<std::int64_t>(parts, 1);
    sizes.emplace();
    for (std::int64_t i = 0; i < parts; ++i) sizes->push_back(std::clamp<std::int64_t>(x[axis] - i * each, 0, each));
  }
  if (static_cast<std::int64_t>(sizes->size()) != parts)
    return call.refuse("has another number of outputs than of sizes");
  std::int64_t start = 0;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    if ((*sizes)[i] < 0 || (*sizes)[i] > x[axis] - start) return call.refuse("splits into more than there is");
    RHEO_ASSIGN_OR_RETURN(
        ImportValue part,
        call.emit(OpKind::slice, {&call.input(0)},
                  {{"axis", static_cast<std::int64_t>(axis)}, {"start", start}, {"end", start + (*sizes)[i]}}));
    call.answer(std::move(part), i);
    start += (*sizes)[i];
  }
  return {};
}

// Pads and value are attributes before operator set 11, then inputs; from 18 on they may speak of some axes only.
Status lower_pad(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const auto rank = call.rank(0);
  RHEO_ASSIGN_OR_RETURN(auto given, call.list(call.opset() < 2 ? "paddings" : "pads", 1));
  RHEO_ASSIGN_OR_RETURN(const auto axes, call.list("axes", 3));
  double value = call.real("value", 0);
  if (call.has(2)) {
    RHEO_ASSIGN_OR_RETURN(value, call.real(2));
  }
  const std::size_t named = axes ? axes->size() : rank;
  if (!given || given->size() != 2 * named) return call.refuse("does not say two pads per axis");
  std::vector<std::int64_t> pads(2 * rank, 0);
  for (std::size_t i = 0; i < named; ++i) {
    RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(axes ? (*axes)[i] : static_cast<std::int64_t>(i), rank));
    pads[axis] = (*given)[i];
    pads[rank + axis] = (*given)[named + i];
  }
  return call.answer_with(OpKind::pad, {&call.input(0)},
                          {{"pads", pads}, {"mode", call.text("mode", "constant")}, {"value", value}});
}

Status lower_tile(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(const std::vector<std::int64_t> repeats, call.integers(1));
  return call.answer_with(OpKind::tile, {&call.input(0)}, {{"repeats", repeats}});
}

Status lower_depth_to_space(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  Attributes attributes = {{"block", call.integer("blocksize", 1)}};
  const std::string mode = call.text("mode", "DCR");
  if (call.node().op == "SpaceToDepth") {
    if (mode != "DCR") return call.refuse("has mode = '" + mode + "'; Rheo knows DCR");
    return call.answer_with(OpKind::space_to_depth, {&call.input(0)}, attributes);
  }
  attributes.set("mode", mode == "CRD" ? std::string("crd") : std::string("dcr"));
  return call.answer_with(OpKind::depth_to_space, {&call.input(0)}, attributes);
}

}  // namespace rheo::onnx
