// SPDX-License-Identifier: Apache-2.0
#include <rheo/path.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace rheo {
namespace {

constexpr std::array kPrecisions = {Precision::f32, Precision::bf16, Precision::int8, Precision::mixed};

Status check_rung(const Ladder::Rung& rung) {
  const Path& path = rung.path;
  const PathProfile& profile = rung.profile;
  if (path.exit.empty() || path.exit_index < 0) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("A path names no exit of the graph (exit \"{}\", index {}); give a name and an index of 0 "
                    "or more.",
                    path.exit, path.exit_index));
  }
  const Resolution size = path.resolution;
  if (!size.is_own() && (size.height < 1 || size.width < 1)) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Path {} computes on pictures of {} x {} pixels; both are positive, or both 0 for the "
                              "model's own size.",
                              path.name(), size.height, size.width));
  }
  if (!(profile.latency_us >= 0) || !(profile.temperature > 0) || !std::isfinite(profile.latency_us) ||
      !std::isfinite(profile.temperature)) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Path {} has latency {} us and temperature {}; a latency is 0 or more, a temperature is "
                              "positive, both are finite.",
                              path.name(), profile.latency_us, profile.temperature));
  }
  return Status();
}

// One exit has one position, and one position has one exit.
Status check_pair(const Path& a, const Path& b) {
  if (a.name() == b.name()) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Path {} is in the ladder twice; keep one of them.", a.name()));
  }
  if (a.variant == b.variant && (a.exit == b.exit) != (a.exit_index == b.exit_index)) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("Paths {} and {} disagree about the position of an exit ({} and {}); an exit name and its "
                    "index belong together.",
                    a.name(), b.name(), a.exit_index, b.exit_index));
  }
  return Status();
}

}  // namespace

std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::f32: return "f32";
    case Precision::bf16: return "bf16";
    case Precision::int8: return "int8";
    case Precision::mixed: return "mixed";
  }
  return "unknown";
}

Result<Precision> precision_from_name(std::string_view name) {
  for (const Precision precision : kPrecisions) {
    if (name_of(precision) == name) return precision;
  }
  return Status(StatusCode::invalid_argument,
                fmt::format("There is no precision \"{}\"; the precisions are f32, bf16, int8, mixed.", name));
}

std::string Resolution::to_string() const {
  return height == width ? fmt::format("{}", height) : fmt::format("{}x{}", height, width);
}

Result<Resolution> resolution_from_text(std::string_view text) {
  const auto number = [](std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const std::size_t between = text.find('x');
  const int height = number(text.substr(0, between));
  const int width = between == std::string_view::npos ? height : number(text.substr(between + 1));
  if (height > 0 && width > 0) return Resolution{height, width};
  return Status(StatusCode::invalid_argument,
                fmt::format("\"{}\" is no size of pictures; write 160, or 160x120 for 160 rows of 120 pixels.", text));
}

std::string Path::name() const {
  return fmt::format("{}{}{}.{}{}{}", variant, variant.empty() ? "" : ":", exit, name_of(precision),
                     resolution.is_own() ? "" : "@", resolution.is_own() ? "" : resolution.to_string());
}

std::string Path::plan_name() const {
  return fmt::format("{}{}{}{}{}", variant, variant.empty() ? "" : ":", name_of(precision),
                     resolution.is_own() ? "" : "@", resolution.is_own() ? "" : resolution.to_string());
}

Result<Ladder> Ladder::create(std::vector<Rung> rungs) {
  if (rungs.empty() || rungs.size() > kMaxPaths) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("A ladder of {} paths was asked for; a ladder has 1 to {}.", rungs.size(), kMaxPaths));
  }
  const Path& reference = rungs.back().path;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (Status status = check_rung(rungs[i]); !status.ok()) return status;
    for (std::size_t j = 0; j < i; ++j) {
      if (Status status = check_pair(rungs[j].path, rungs[i].path); !status.ok()) return status;
    }
    const bool is_deeper =
        rungs[i].path.variant == reference.variant && rungs[i].path.exit_index > reference.exit_index;
    if (reference.precision != Precision::f32 || !reference.resolution.is_own() || is_deeper) {
      return Status(StatusCode::invalid_argument,
                    fmt::format("The ladder ends with {}; its last path must be the reference, the deepest exit of its "
                                "model in f32 on pictures of its own size.",
                                reference.name()));
    }
  }
  Ladder ladder;
  ladder.names_.reserve(rungs.size());
  for (const Rung& rung : rungs) ladder.names_.push_back(rung.path.name());
  ladder.rungs_ = std::move(rungs);
  return ladder;
}

Result<PathId> Ladder::find(std::string_view name) const {
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end()) {
    return Status(StatusCode::not_found,
                  fmt::format("There is no path \"{}\"; the paths are {}.", name, fmt::join(names_, ", ")));
  }
  return PathId{static_cast<std::uint8_t>(found - names_.begin())};
}

double Ladder::remaining_us(PathId next, std::span<const PathId> done) const {
  // A policy may be made for a longer ladder; the loop refuses its path with a sentence.
  if (next.index >= rungs_.size()) return std::numeric_limits<double>::infinity();
  double resumed_us = 0;
  for (const PathId earlier : done) {
    if (path(next).resumes(path(earlier))) resumed_us = std::max(resumed_us, profile(earlier).latency_us);
  }
  // Measured medians may cross by a little; no step is expected to take less than no time.
  return std::max(0.0, profile(next).latency_us - resumed_us);
}

}  // namespace rheo
