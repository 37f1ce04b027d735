// SPDX-License-Identifier: Apache-2.0
#include "load/import_shape.h"

#include <algorithm>
#include <optional>

#include "base/try.h"

namespace rheo {
namespace {

// What two trials agree on, or the batch; nothing for another number that depends on it.
std::optional<std::int64_t> dimension_of(const PerTrial<std::int64_t>& sizes) {
  if (sizes[0] == sizes[1]) return sizes[0];
  if (sizes == kTrialBatches) return kDynamic;
  return std::nullopt;
}

Result<std::vector<std::int64_t>> resolved(ImportCall& call, const Shape& from, std::vector<std::int64_t> target) {
  std::int64_t known = 1;
  for (const std::int64_t size : target) {
    if (size < -1) return call.refuse("reshapes to a negative size");
    if (size != -1) known *= std::clamp<std::int64_t>(size, 0, std::int64_t{1} << 20);
    if (known > std::int64_t{1} << 40) return call.refuse("reshapes to a size beyond all memory");
  }
  const auto open = std::find(target.begin(), target.end(), -1);
  if (open == target.end()) return target;
  if (std::find(open + 1, target.end(), -1) != target.end()) return call.refuse("leaves two sizes open");
  if (known == 0 || from.elements() % known != 0) return call.refuse("reshapes to a shape of another size");
  *open = from.elements() / known;
  return target;
}

PerTrial<Attributes> shape_attributes(const Sizes& target) {
  return {Attributes{{"shape", target[0]}}, Attributes{{"shape", target[1]}}};
}

}  // namespace

Result<Shape> merged_shape(ImportCall& call, const Sizes& sizes) {
  if (sizes[0].size() != sizes[1].size()) return call.mixes_batch("has a rank that depends on the batch");
  if (sizes[0].size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  Shape shape;
  for (std::size_t axis = 0; axis < sizes[0].size(); ++axis) {
    const auto dimension = dimension_of({sizes[0][axis], sizes[1][axis]});
    if (!dimension) return call.mixes_batch("joins the batch with other dimensions");
    shape.push_back(*dimension);
  }
  return shape;
}

Result<ImportValue> reshaped(ImportCall& call, ImportValue& value, Sizes target) {
  const PerTrial<Shape> shapes = call.emitter().shapes_of(value);
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    RHEO_ASSIGN_OR_RETURN(target[trial], resolved(call, shapes[trial], std::move(target[trial])));
  }
  if (target[0].size() != target[1].size()) return call.mixes_batch("has a rank that depends on the batch");
  if (target[0].size() > Shape::kMaxRank) return call.refuse("makes a tensor of too many dimensions");
  return call.emitter().reshape(value, {Shape(target[0]), Shape(target[1])}, call.place());
}

Result<ImportValue> expanded(ImportCall& call, ImportValue& value, const Sizes& target) {
  if (value.is_known()) return call.emit(OpKind::expand, {&value}, shape_attributes(target));
  RHEO_ASSIGN_OR_RETURN(const Shape shape, merged_shape(call, target));
  const Shape from = call.shape_of(value);
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const std::size_t missing = shape.rank() - std::min(shape.rank(), from.rank());
    const bool is_batch = axis >= missing && from[axis - missing] == kDynamic;
    if (shape[axis] == kDynamic && !is_batch) return call.mixes_batch("repeats a value for each item of the batch");
    sizes.push_back(is_batch ? -1 : shape[axis]);
  }
  return call.emit(OpKind::expand, {&value}, Attributes{{"shape", sizes}});
}

Result<ImportValue> sizes_of(ImportCall& call, const ImportValue& value, std::size_t start, std::size_t count,
                             const Shape& shape) {
  const PerTrial<Shape> shapes = call.emitter().shapes_of(value);
  PerTrial<Tensor> sizes;
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (start + count > shapes[trial].rank()) return call.refuse("asks for a dimension that is not there");
    RHEO_ASSIGN_OR_RETURN(sizes[trial], Tensor::copy_of(TensorView(shapes[trial].dims().subspan(start, count), shape)));
  }
  return ImportValue::known(std::move(sizes));
}

}  // namespace rheo
