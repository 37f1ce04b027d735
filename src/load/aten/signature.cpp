// SPDX-License-Identifier: Apache-2.0
#include "load/aten/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace rheo::aten {
namespace {

// How and where PyTorch computes; Rheo decides that by itself.
constexpr std::array<std::string_view, 16> kWithoutEffect = {
    "allow_tf32",    "assert_msg",    "benchmark",  "copy",        "cudnn_enable", "device",
    "cudnn_enabled", "deterministic", "generator",  "implicit",    "layout",       "memory_format",
    "names",         "non_blocking",  "pin_memory", "sparse_grad",
};

std::string_view next_word(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

Argument default_argument(std::string_view text) {
  if (text == "None") return Argument();
  if (text == "True" || text == "False") return Argument(text == "True");
  if (text.starts_with('\'')) return Argument(std::string(text.substr(1, text.size() - 2)));
  if (text.starts_with('[')) {
    Argument::List list;
    std::string_view items = text.substr(1, text.size() - 2);
    while (!items.empty()) list.push_back(default_argument(next_word(items, ',')));
    return Argument(std::move(list));
  }
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, whole).ptr == end) return Argument(whole);
  double real = 0;
  (void)std::from_chars(text.data(), end, real);
  return Argument(real);
}

Result<Arguments> Arguments::bind(std::string_view signature, const Node& node) {
  Arguments arguments;
  std::size_t used = 0;
  for (std::string_view rest = signature; !rest.empty();) {
    const std::string_view word = next_word(rest, ' ');
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const Argument* given = nullptr;
    for (const auto& [given_name, argument] : node.arguments) {
      if (given_name != name) continue;
      if (given != nullptr) return Status(StatusCode::unsupported, fmt::format("is given '{}' twice", name));
      given = &argument;
      ++used;
    }
    if (given == nullptr && equals == std::string_view::npos) {
      return Status(StatusCode::unsupported, fmt::format("lacks its argument '{}'", name));
    }
    arguments.bound_.emplace_back(name, given != nullptr ? *given : default_argument(word.substr(equals + 1)));
  }
  if (used == node.arguments.size()) return arguments;
  for (const auto& [name, argument] : node.arguments) {
    const bool is_bound = std::any_of(arguments.bound_.begin(), arguments.bound_.end(),
                                      [&, &given = name](const auto& bound) { return bound.first == given; });
    const bool has_no_effect = std::find(kWithoutEffect.begin(), kWithoutEffect.end(), name) != kWithoutEffect.end();
    if (is_bound || has_no_effect) continue;
    return Status(StatusCode::unsupported, fmt::format("has the unknown argument '{}'", name));
  }
  return arguments;
}

const Argument& Arguments::operator[](std::string_view name) const {
  static const Argument kNone;
  const auto found = std::find_if(bound_.begin(), bound_.end(), [&](const auto& bound) { return bound.first == name; });
  return found == bound_.end() ? kNone : found->second;
}

}  // namespace rheo::aten
