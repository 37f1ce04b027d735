// SPDX-License-Identifier: Apache-2.0
// Where a node comes from. A scripted model keeps file and line of every call that led to a node; a traced one keeps
// the Python stack as text, innermost first, one "file(line): function" a line.
// Tested by tests/golden/torch_import_test.cpp.
#include <optional>
#include <sstream>
#include <vector>

#include "plugins/torch/walker.h"

namespace rheo::torch_import {
namespace {

struct Place {
  std::string file;
  std::string line;
  // LibTorch's own modules are not where a user would look.
  bool is_users() const { return file.find("/torch/") == std::string::npos; }
};

torch::jit::SourceRange original_of(const torch::jit::SourceRange& range) {
  if (range.source()) {
    if (const auto generated = range.source()->findSourceRangeThatGenerated(range)) return *generated;
  }
  return range;
}

void add_scripted_place(const torch::jit::SourceRange& range, std::vector<Place>& places) {
  const auto place = original_of(range).file_line_col();
  if (place && !std::get<0>(*place).empty())
    places.push_back({std::get<0>(*place), std::to_string(std::get<1>(*place))});
}

void add_traced_places(const torch::jit::SourceRange& range, std::vector<Place>& places) {
  std::istringstream stack(original_of(range).str());
  for (std::string line; std::getline(stack, line);) {
    const std::size_t open = line.find('(');
    const std::size_t close = line.find("): ", open);
    if (close == std::string::npos || line.find(".py") > open) continue;
    places.insert(places.begin(), {line.substr(0, open), line.substr(open + 1, close - open - 1)});
  }
}

std::string without_folder(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? file : file.substr(slash + 1);
}

}  // namespace

std::string place_of(const torch::jit::Node& node) {
  std::vector<Place> places;  // outermost first
  if (const auto calls = node.callstack()) {
    for (const auto& entry : (*calls)->vec()) add_scripted_place(std::get<1>(entry), places);
  }
  add_scripted_place(node.sourceRange(), places);
  if (places.empty()) add_traced_places(node.sourceRange(), places);
  if (places.empty()) return {};
  const Place* best = &places.back();
  for (const Place& place : places) {
    if (place.is_users()) best = &place;
  }
  return without_folder(best->file) + ":" + best->line;
}

}  // namespace rheo::torch_import
