// SPDX-License-Identifier: Apache-2.0
// Where a node comes from: the frames of its inlined calls, outermost first, then its own place.
#include <optional>
#include <vector>

#include "plugins/torch/walker.h"

namespace rheo::torch_import {
namespace {

using Place = std::tuple<std::string, std::size_t, std::size_t>;  // file, line, column

void add_place(const torch::jit::SourceRange& range, std::vector<Place>& places) {
  torch::jit::SourceRange original = range;
  if (range.source()) {
    if (const auto generated = range.source()->findSourceRangeThatGenerated(range)) original = *generated;
  }
  if (const auto place = original.file_line_col()) places.push_back(*place);
}

std::string without_folder(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? file : file.substr(slash + 1);
}

}  // namespace

std::string place_of(const torch::jit::Node& node) {
  std::vector<Place> places;
  if (const auto calls = node.callstack()) {
    for (const auto& entry : (*calls)->vec()) add_place(std::get<1>(entry), places);
  }
  add_place(node.sourceRange(), places);
  if (places.empty()) return "an unknown place";
  const Place* best = &places.back();
  for (const Place& place : places) {
    // The innermost frame that is not a module of LibTorch's own.
    if (std::get<0>(place).find("/torch/nn/") == std::string::npos) best = &place;
  }
  return without_folder(std::get<0>(*best)) + ":" + std::to_string(std::get<1>(*best));
}

}  // namespace rheo::torch_import
