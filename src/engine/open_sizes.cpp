// SPDX-License-Identifier: Apache-2.0
#include "engine/open_sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/try.h"

namespace rheo {

namespace {

Status refuse(std::string what) { return {StatusCode::invalid_argument, std::move(what)}; }

// The dimensions that could be listed, for a sentence.
std::string known_names(std::span<const NamedAxis> axes) {
  std::set<std::string> names;
  for (const NamedAxis& place : axes) {
    if (place.axis > 0) names.insert("'" + place.dimension + "'");
  }
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Result<OpenSizes> OpenSizes::create(const LoadOptions& options, std::span<const NamedAxis> axes) {
  OpenSizes open;
  std::size_t combinations = 1;
  for (const auto& [name, sizes] : options.sizes) {
    RHEO_ASSIGN_OR_RETURN(Dimension dimension, dimension_of(name, sizes, options, axes));
    if (open.count() == Shape::kMaxRank) {
      return refuse(
          fmt::format("LoadOptions::sizes lists more than {} dimensions. Fix those that have one size with "
                      "model.dimensions.",
                      Shape::kMaxRank));
    }
    combinations *= std::min(dimension.sizes.size(), kMaxListed + 1);
    if (combinations > kMaxListed) {
      return refuse(
          fmt::format("LoadOptions::sizes lists more than {} combinations. List fewer sizes; others are made "
                      "ready when they are needed.",
                      kMaxListed));
    }
    open.dimensions_.push_back(std::move(dimension));
  }
  RHEO_RETURN_IF_ERROR(open.check_mask(options.mask));
  return open;
}

Result<OpenSizes::Dimension> OpenSizes::dimension_of(const std::string& name, std::vector<std::int64_t> sizes,
                                                     const LoadOptions& options, std::span<const NamedAxis> axes) {
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  if (sizes.empty() || sizes.front() < 1) {
    return refuse(
        fmt::format("LoadOptions::sizes must list at least one size of dimension '{}', each 1 or more.", name));
  }
  if (options.model.dimensions.contains(name)) {
    return refuse(
        fmt::format("Dimension '{}' has one size in model.dimensions and several in LoadOptions::sizes; name it "
                    "in one of them.",
                    name));
  }
  Dimension dimension{name, std::move(sizes), {}};
  for (const NamedAxis& place : axes) {
    if (place.dimension != name || options.model.bound.contains(place.input)) continue;
    if (options.model.shapes.contains(place.input)) {
      return refuse(
          fmt::format("Input '{}' has a whole shape in model.shapes, which fixes dimension '{}'; leave that out "
                      "where LoadOptions::sizes lists several sizes.",
                      place.input, name));
    }
    if (place.axis == 0) {
      return refuse(
          fmt::format("Dimension '{}' is dimension 0 of input '{}', the batch, which is open by itself; list "
                      "batches in LoadOptions::batches.",
                      name, place.input));
    }
    dimension.places.push_back(place);
  }
  if (!dimension.places.empty()) return dimension;
  return Status(
      StatusCode::not_found,
      fmt::format("The model has no open dimension '{}' of which LoadOptions::sizes could list sizes; those that "
                  "the file calls by a name are: {}. One without a name has one size per engine, as "
                  "model.shapes says.",
                  name, known_names(axes)));
}

Status OpenSizes::check_mask(const std::string& mask) const {
  if (mask.empty()) return {};
  if (count() != 1) {
    return refuse(fmt::format("LoadOptions::mask pads one dimension, but LoadOptions::sizes lists {}.", count()));
  }
  const Dimension& only = dimensions_.front();
  const auto is_mask = [&](const NamedAxis& place) { return place.input == mask; };
  if (std::ranges::any_of(only.places, is_mask)) return {};
  return {StatusCode::not_found, fmt::format("LoadOptions::mask is '{}', but no input of that name has the dimension "
                                             "'{}'. Name the input that is 0 where padding lies, or none.",
                                             mask, only.name)};
}

std::vector<Sizes> OpenSizes::listed() const {
  std::vector<Sizes> all = {Sizes()};
  for (const Dimension& dimension : dimensions_) {
    std::vector<Sizes> longer;
    for (const Sizes& start : all) {
      for (const std::int64_t size : dimension.sizes) {
        longer.push_back(start);
        longer.back().push_back(size);
      }
    }
    all = std::move(longer);
  }
  return all;
}

Sizes OpenSizes::beside(const Sizes& sizes, std::size_t index) const {
  Sizes other = sizes;
  const std::vector<std::int64_t>& known = dimensions_[index].sizes;
  const auto next = std::upper_bound(known.begin(), known.end(), sizes[index]);
  other[index] = next != known.end() ? *next : std::max<std::int64_t>(1, sizes[index] / 2);
  return other;
}

Result<Sizes> OpenSizes::of_request(std::span<const NamedInput> inputs) const {
  Sizes sizes;
  for (const Dimension& dimension : dimensions_) {
    const NamedAxis* first = nullptr;
    std::int64_t size = dimension.sizes.front();
    for (const NamedAxis& place : dimension.places) {
      const auto input = std::ranges::find(inputs, place.input, &NamedInput::name);
      if (input == inputs.end() || input->tensor.shape().rank() <= place.axis) continue;
      const std::int64_t found = input->tensor.shape()[place.axis];
      if (first != nullptr && found != size) {
        return refuse(
            fmt::format("Dimension '{}' is {} in input '{}' and {} in input '{}'; in one request it has one "
                        "size.",
                        dimension.name, size, first->input, found, place.input));
      }
      first = &place;
      size = found;
    }
    if (size < 1 || size > dimension.sizes.back()) {
      return refuse(
          fmt::format("Dimension '{}' is {} in input '{}'; this engine takes 1 to {}. List a larger size in "
                      "LoadOptions::sizes, or cut the input.",
                      dimension.name, size, first->input, dimension.sizes.back()));
    }
    sizes.push_back(size);
  }
  return sizes;
}

ModelOptions OpenSizes::model_options(const ModelOptions& options, const Sizes& sizes) const {
  ModelOptions sized = options;
  for (std::size_t i = 0; i < count(); ++i) sized.dimensions[dimensions_[i].name] = sizes[i];
  return sized;
}

std::string OpenSizes::text(const Sizes& sizes) const {
  std::string text;
  for (std::size_t i = 0; i < count(); ++i) {
    text += fmt::format("{}{}={}", i == 0 ? "" : ", ", dimensions_[i].name, sizes[i]);
  }
  return text;
}

}  // namespace rheo
