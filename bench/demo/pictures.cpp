// SPDX-License-Identifier: Apache-2.0
// The table again for a few pictures, one by one.
#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "demo/comparison.h"

namespace rheo::demo {

namespace {

std::string label(const Comparison& comparison, std::int32_t answer) {
  const auto labels = comparison.contenders[comparison.adaptive].engine.labels();
  const auto index = static_cast<std::size_t>(answer);
  return index < labels.size() ? labels[index] : std::to_string(answer);
}

std::string picture_text(const Comparison& comparison, std::size_t picture, const char* what) {
  const std::int32_t truth = comparison.pictures.labels[picture];
  const std::int32_t expected = comparison.runs[comparison.reference].answers[picture];
  std::string text = fmt::format("{} picture {}, {}\n", what, picture, label(comparison, truth));
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const Run& run = comparison.runs[i];
    const std::int32_t answer = run.answers[picture];
    text += fmt::format("  {:<36}{:<14}{:<14}{:>9.1f} us{:>9.2f} MMAC{}{}\n", comparison.rows[i].name,
                        label(comparison, answer), run.paths[picture], run.latency_us[picture],
                        run.multiply_adds[picture] * 1e-6, answer == truth ? "" : "  wrong",
                        answer == expected ? "" : "  unlike the reference");
  }
  return text;
}

}  // namespace

std::string pictures_text(const Comparison& comparison, std::size_t count) {
  const Run& run = comparison.runs[comparison.adaptive];
  std::vector<std::size_t> order(run.answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return run.multiply_adds[a] < run.multiply_adds[b]; });
  count = std::min(count, order.size());
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += picture_text(comparison, order[i], "Easy");
  for (std::size_t i = 0; i < count; ++i) text += picture_text(comparison, order[order.size() - 1 - i], "Hard");
  return text;
}

}  // namespace rheo::demo
