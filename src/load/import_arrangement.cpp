// SPDX-License-Identifier: Apache-2.0
#include "load/import_arrangement.h"

#include <algorithm>
#include <numeric>

namespace rheo {
namespace {

using Sizes = PerTrial<std::int64_t>;

constexpr Sizes kOne = {1, 1};

bool divides(const Sizes& part, const Sizes& whole) {
  for (std::size_t trial = 0; trial < kTrials; ++trial) {
    if (part[trial] == 0 || whole[trial] % part[trial] != 0) return false;
  }
  return true;
}

Sizes divided(const Sizes& whole, const Sizes& part) { return {whole[0] / part[0], whole[1] / part[1]}; }

// Walks the graph's dimensions in the model's order and hands them, or parts of them, to the model's new dimensions.
class Regrouping {
 public:
  Regrouping(const Arrangement& arrangement, const PerTrial<Shape>& stored) {
    for (const std::int64_t axis : order_of(arrangement)) {
      const auto at = static_cast<std::size_t>(axis);
      pieces_.push_back({at, {stored[0][at], stored[1][at]}, 0});
    }
  }

  // False when `size` cannot be made of whole pieces that come next.
  bool take(Sizes size, std::size_t group) {
    while (size != kOne) {
      if (next_ == pieces_.size()) return false;
      Piece& piece = pieces_[next_];
      if (!divides(piece.size, size) && !split(size)) return false;
      size = divided(size, pieces_[next_].size);
      pieces_[next_++].group = group;
    }
    return true;
  }

  // Hands what is left, all of size 1, to the last dimension.
  bool take_rest(std::size_t group) {
    for (; next_ < pieces_.size(); ++next_) {
      if (pieces_[next_].size != kOne) return false;
      pieces_[next_].group = group;
    }
    return true;
  }

  Regrouped finish(std::size_t rank) const {
    std::vector<std::size_t> in_place(pieces_.size());
    std::iota(in_place.begin(), in_place.end(), std::size_t{0});
    std::stable_sort(in_place.begin(), in_place.end(),
                     [&](std::size_t a, std::size_t b) { return pieces_[a].from < pieces_[b].from; });
    std::vector<std::size_t> axis_of(pieces_.size());
    Regrouped result;
    for (std::size_t axis = 0; axis < in_place.size(); ++axis) {
      axis_of[in_place[axis]] = axis;
      for (std::size_t trial = 0; trial < kTrials; ++trial) {
        result.stored[trial].push_back(pieces_[in_place[axis]].size[trial]);
      }
    }
    result.arrangement.resize(rank);
    for (std::size_t i = 0; i < pieces_.size(); ++i) result.arrangement[pieces_[i].group].push_back(axis_of[i]);
    return result;
  }

 private:
  struct Piece {
    std::size_t from;  // dimension of the graph's
    Sizes size;
    std::size_t group;  // dimension of the model's
  };

  // Cuts the next piece into `size` and what is left; the batch itself has no parts.
  bool split(const Sizes& size) {
    const Piece whole = pieces_[next_];
    if (size[0] != size[1] || whole.size[0] != whole.size[1] || !divides(size, whole.size)) return false;
    pieces_[next_].size = size;
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(next_) + 1,
                   {whole.from, divided(whole.size, size), 0});
    return true;
  }

  std::vector<Piece> pieces_;
  std::size_t next_ = 0;
};

}  // namespace

Arrangement natural_arrangement(std::size_t rank) {
  Arrangement arrangement(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) arrangement[axis] = {axis};
  return arrangement;
}

bool is_natural(const Arrangement& arrangement) { return arrangement == natural_arrangement(arrangement.size()); }

Arrangement permuted(const Arrangement& arrangement, std::span<const std::int64_t> permutation) {
  Arrangement result;
  for (const std::int64_t axis : permutation) result.push_back(arrangement[static_cast<std::size_t>(axis)]);
  return result;
}

Arrangement without(const Arrangement& arrangement, std::size_t axis) {
  const std::size_t gone = arrangement[axis].front();
  Arrangement result = arrangement;
  result.erase(result.begin() + static_cast<std::ptrdiff_t>(axis));
  for (std::vector<std::size_t>& group : result) {
    for (std::size_t& stored : group) stored -= stored > gone ? 1 : 0;
  }
  return result;
}

std::optional<std::size_t> only_axis(const Arrangement& arrangement, std::size_t axis) {
  if (arrangement[axis].size() != 1) return std::nullopt;
  return arrangement[axis].front();
}

std::vector<std::int64_t> order_of(const Arrangement& arrangement) {
  std::vector<std::int64_t> order;
  for (const std::vector<std::size_t>& group : arrangement) order.insert(order.end(), group.begin(), group.end());
  return order;
}

Shape arranged_shape(const Arrangement& arrangement, const Shape& stored) {
  Shape shape;
  for (const std::vector<std::size_t>& group : arrangement) {
    std::int64_t size = 1;
    for (const std::size_t axis : group)
      size = size == kDynamic || stored[axis] == kDynamic ? kDynamic : size * stored[axis];
    shape.push_back(size);
  }
  return shape;
}

Tidied tidied(const Arrangement& arrangement, const Shape& stored) {
  Tidied result{{0}, Arrangement(arrangement.size()), {stored[0]}};
  for (std::size_t axis = 0; axis < arrangement.size(); ++axis) {
    const std::vector<std::size_t>& group = arrangement[axis];
    const bool has_batch = std::find(group.begin(), group.end(), std::size_t{0}) != group.end();
    for (std::size_t place = 0; place < group.size(); ++place) {
      if (group[place] == 0) {
        result.arrangement[axis].push_back(0);
        continue;
      }
      result.permutation.push_back(static_cast<std::int64_t>(group[place]));
      if (place == 0 || has_batch) {
        result.arrangement[axis].push_back(result.stored.rank());
        result.stored.push_back(stored[group[place]]);
      } else {
        result.stored[result.stored.rank() - 1] *= stored[group[place]];
      }
    }
  }
  return result;
}

std::optional<Regrouped> regrouped(const Arrangement& arrangement, const PerTrial<Shape>& stored,
                                   const PerTrial<Shape>& target) {
  if (target[0].rank() != target[1].rank() || target[0].rank() == 0) return std::nullopt;
  Regrouping regrouping(arrangement, stored);
  const std::size_t rank = target[0].rank();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (!regrouping.take({target[0][axis], target[1][axis]}, axis)) return std::nullopt;
  }
  if (!regrouping.take_rest(rank - 1)) return std::nullopt;
  Regrouped result = regrouping.finish(rank);
  if (result.stored[0].rank() > Shape::kMaxRank) return std::nullopt;
  return result;
}

}  // namespace rheo
