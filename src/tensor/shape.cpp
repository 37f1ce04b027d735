// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <rheo/tensor.h>

#include "base/checked.h"

namespace rheo {

Shape::Shape(std::initializer_list<std::int64_t> dims)
    : Shape(std::span<const std::int64_t>(dims.begin(), dims.size())) {}

Shape::Shape(std::span<const std::int64_t> dims) : rank_(std::min(dims.size(), kMaxRank)) {
  std::copy_n(dims.begin(), rank_, dims_.begin());
}

bool Shape::push_back(std::int64_t dim) {
  if (rank_ == kMaxRank) return false;
  dims_[rank_++] = dim;
  return true;
}

bool Shape::is_static() const {
  const std::span<const std::int64_t> all = dims();
  return std::find(all.begin(), all.end(), kDynamic) == all.end();
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t dim : dims()) {
    const std::optional<std::int64_t> next = checked_mul(product, dim);
    if (!next) return std::numeric_limits<std::int64_t>::max();
    product = *next;
  }
  return product;
}

Result<std::int64_t> Shape::checked_elements() const {
  std::int64_t product = 1;
  // Multiplied in full before zero is looked at: a zero dimension must not hide an overflow among the others.
  for (const std::int64_t dim : dims()) {
    if (dim == kDynamic) {
      return Status(StatusCode::invalid_argument,
                    "The shape " + to_string() + " has a dynamic dimension; give a size for every dimension.");
    }
    if (dim < 0) {
      return Status(StatusCode::invalid_argument,
                    "The shape " + to_string() + " has a negative dimension; dimensions are 0 or more.");
    }
    const std::optional<std::int64_t> next = checked_mul(product, std::max<std::int64_t>(dim, 1));
    if (!next) {
      return Status(StatusCode::limit_exceeded, "The shape " + to_string() +
                                                    " has more elements than 64 bits can count; check where its "
                                                    "dimensions come from.");
    }
    product = *next;
  }
  const std::span<const std::int64_t> all = dims();
  return std::find(all.begin(), all.end(), 0) == all.end() ? product : std::int64_t{0};
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (std::size_t axis = 0; axis < rank_; ++axis) {
    if (axis > 0) text += ", ";
    text += dims_[axis] == kDynamic ? "?" : std::to_string(dims_[axis]);
  }
  return text + "]";
}

bool operator==(const Shape& a, const Shape& b) { return std::ranges::equal(a.dims(), b.dims()); }

}  // namespace rheo
