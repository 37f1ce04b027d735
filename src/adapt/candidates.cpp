// SPDX-License-Identifier: Apache-2.0
#include "adapt/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/try.h"
#include "transform/resize_input.h"

namespace rheo {

namespace {

constexpr int kSmallestUsual = 128;  // pixels of the shorter side, below which little is saved and much is lost
constexpr int kStep = 32;            // networks halve their pictures five times; other sizes waste the borders

const Variant& variant_of(std::span<const Variant> variants, const Path& plan) {
  return *std::ranges::find_if(variants, [&](const Variant& variant) { return variant.name == plan.variant; });
}

// f32 and what was asked for, each once.
std::vector<Precision> precisions_of(const AdaptOptions& options) {
  std::vector<Precision> precisions = options.precisions;
  if (precisions.empty()) precisions = {Precision::bf16, Precision::int8};
  precisions.push_back(Precision::f32);
  std::ranges::sort(precisions);
  precisions.erase(std::unique(precisions.begin(), precisions.end()), precisions.end());
  return precisions;
}

// On smaller pictures f32 is tried where there is nothing narrower: else the own size in a narrower type costs as
// little.
std::vector<Precision> narrow_precisions(std::vector<Precision> precisions) {
  if (precisions.size() > 1) std::erase(precisions, Precision::f32);
  return precisions;
}

void add_plans(const Variant& variant, Resolution resolution, std::span<const Precision> precisions,
               std::vector<Path>& plans) {
  for (const Precision precision : precisions) {
    plans.push_back({.precision = precision, .variant = variant.name, .resolution = resolution});
  }
}

Status check_fit(std::span<const Variant> variants, std::span<const Path> plans, std::string_view what) {
  const std::size_t paths = path_count(variants, plans);
  if (paths <= kMaxPaths) return {};
  return {
      StatusCode::limit_exceeded,
      fmt::format("{} exits in {} plans ({}) make {} paths; a ladder holds at most {}. Adapt with fewer precisions{}, "
                  "or export fewer exits.",
                  variants.back().graph->exits().size(), plans.size(), what, paths, kMaxPaths,
                  plans.size() > 3 ? " or sizes of pictures" : "")};
}

// The sizes that were asked for, of every model to which they are smaller.
Status add_asked(std::span<const Variant> variants, std::span<const Resolution> asked,
                 std::span<const Precision> precisions, std::vector<Path>& plans) {
  RHEO_ASSIGN_OR_RETURN(const Resolution given, picture_size(*variants.back().graph));
  std::vector<Resolution> seen;
  for (const Resolution size : asked) {
    if (std::ranges::find(seen, size) != seen.end()) continue;
    seen.push_back(size);
    for (const Variant& variant : variants) {
      RHEO_ASSIGN_OR_RETURN(const Resolution own, picture_size(*variant.graph));
      const bool is_last = &variant == &variants.back();
      const bool is_smaller = size.height <= own.height && size.width <= own.width && size != own;
      if (!is_smaller && !is_last) continue;
      if (!is_smaller) {
        return {StatusCode::invalid_argument, fmt::format("Pictures of {} are not smaller than the model's own of {}.",
                                                          size.to_string(), own.to_string())};
      }
      const auto made = resize_input(variant.graph, given, size);
      if (!made.ok()) return made.status().with_context(variant.name);
      add_plans(variant, size, precisions, plans);
    }
  }
  return {};
}

// The usual sizes as far as they are possible and fit the ladder.
void add_usual(std::span<const Variant> variants, std::span<const Precision> precisions, Candidates& candidates) {
  const auto given = picture_size(*variants.back().graph);
  if (!given.ok()) return;
  for (const Variant& variant : variants) {
    const auto own = picture_size(*variant.graph);
    if (!own.ok()) continue;
    for (const Resolution size : usual_resolutions(*own)) {
      const auto made = resize_input(variant.graph, *given, size);
      if (!made.ok()) {
        const Path smaller{.precision = precisions.front(), .variant = variant.name, .resolution = size};
        candidates.refused.push_back({smaller.plan_name(), made.status().message()});
        break;
      }
      std::vector<Path> with = candidates.plans;
      add_plans(variant, size, precisions, with);
      if (path_count(variants, with) <= kMaxPaths) candidates.plans = std::move(with);
    }
  }
}

}  // namespace

std::vector<Resolution> usual_resolutions(Resolution own) {
  std::vector<Resolution> sizes;
  if (std::min(own.height, own.width) < kSmallestUsual) return sizes;
  for (const int sevenths : {6, 5, 4}) {
    const auto side = [&](int pixels) {
      return static_cast<int>(std::lround(pixels * sevenths / 7.0 / kStep)) * kStep;
    };
    const Resolution size{side(own.height), side(own.width)};
    const bool is_smaller = size.height < own.height && size.width < own.width;
    if (is_smaller && (sizes.empty() || sizes.back() != size)) sizes.push_back(size);
  }
  return sizes;
}

std::size_t path_count(std::span<const Variant> variants, std::span<const Path> plans) {
  std::size_t paths = 0;
  for (const Path& plan : plans) paths += variant_of(variants, plan).graph->exits().size();
  return paths;
}

Result<Candidates> candidate_plans(std::span<const Variant> variants, const AdaptOptions& options) {
  Candidates candidates;
  const std::vector<Precision> precisions = precisions_of(options);
  for (const Variant& variant : variants) add_plans(variant, {}, precisions, candidates.plans);
  RHEO_RETURN_IF_ERROR(check_fit(variants, candidates.plans, "f32 among them"));
  if (options.precisions.empty()) {
    std::vector<Path> with = candidates.plans;
    for (const Variant& variant : variants) add_plans(variant, {}, std::array{Precision::mixed}, with);
    if (path_count(variants, with) <= kMaxPaths) candidates.plans = std::move(with);
  }
  const std::vector<Precision> narrow = narrow_precisions(precisions);
  if (!options.resolutions) {
    add_usual(variants, narrow, candidates);
  } else if (!options.resolutions->empty()) {
    RHEO_RETURN_IF_ERROR(add_asked(variants, *options.resolutions, narrow, candidates.plans));
    RHEO_RETURN_IF_ERROR(check_fit(variants, candidates.plans, "the smaller pictures among them"));
  }
  return candidates;
}

}  // namespace rheo
