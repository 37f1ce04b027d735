// SPDX-License-Identifier: Apache-2.0
#include "load/einsum.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/try.h"

namespace rheo {
namespace {

constexpr std::string_view kEllipsis = "...";

Status refused(std::string_view equation, std::string_view why) {
  return {StatusCode::unsupported, fmt::format("The equation '{}' {}.", equation, why)};
}

std::string without_spaces(std::string_view text) {
  std::string rest(text);
  std::erase(rest, ' ');
  return rest;
}

// `hidden` capital letters for an ellipsis; the last ones of 'A'..., so that inputs of different rank line up.
Result<std::string> spelled(std::string_view equation, std::string_view term, std::size_t hidden, std::size_t most) {
  const std::size_t at = term.find(kEllipsis);
  std::string letters(term.substr(0, std::min(at, term.size())));
  if (at != std::string_view::npos) {
    for (std::size_t i = most - hidden; i < most; ++i) letters += static_cast<char>('A' + static_cast<char>(i));
    letters += term.substr(at + kEllipsis.size());
  }
  const bool fits = std::all_of(letters.begin(), letters.end(),
                                [](char letter) { return std::isalpha(static_cast<unsigned char>(letter)) != 0; });
  if (!fits) return refused(equation, "holds something that is no letter");
  return letters;
}

std::string implied_output(const std::vector<std::string>& inputs, std::size_t most) {
  std::string all;
  for (const std::string& letters : inputs) all += letters;
  std::string once;
  for (std::size_t i = 0; i < most; ++i) once += static_cast<char>('A' + static_cast<char>(i));
  std::string lower;
  for (const char letter : all) {
    const bool is_hidden = once.find(letter) != std::string::npos;
    if (!is_hidden && std::count(all.begin(), all.end(), letter) == 1) lower += letter;
  }
  std::sort(lower.begin(), lower.end());
  return once + lower;
}

}  // namespace

Result<Einsum> parse_einsum(std::string_view equation, std::span<const std::size_t> ranks) {
  const std::string text = without_spaces(equation);
  const std::size_t arrow = text.find("->");
  std::string_view left = std::string_view(text).substr(0, std::min(arrow, text.size()));
  std::vector<std::string_view> terms;
  for (std::size_t end = left.find(','); end != std::string_view::npos; end = left.find(',')) {
    terms.push_back(left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  terms.push_back(left);
  if (terms.size() != ranks.size()) return refused(equation, "speaks of another number of inputs");
  std::vector<std::size_t> hidden;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool has_ellipsis = terms[i].find(kEllipsis) != std::string_view::npos;
    const std::size_t letters = terms[i].size() - (has_ellipsis ? kEllipsis.size() : 0);
    if (letters > ranks[i] || (!has_ellipsis && letters != ranks[i]))
      return refused(equation, "does not fit the ranks of the inputs");
    hidden.push_back(has_ellipsis ? ranks[i] - letters : 0);
  }
  const std::size_t most = *std::max_element(hidden.begin(), hidden.end());
  Einsum einsum;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(std::string letters, spelled(equation, terms[i], hidden[i], most));
    einsum.inputs.push_back(std::move(letters));
  }
  if (arrow == std::string::npos) {
    einsum.output = implied_output(einsum.inputs, most);
    return einsum;
  }
  RHEO_ASSIGN_OR_RETURN(einsum.output, spelled(equation, std::string_view(text).substr(arrow + 2), most, most));
  for (const char letter : einsum.output) {
    const bool is_known = std::any_of(einsum.inputs.begin(), einsum.inputs.end(), [&](const std::string& letters) {
      return letters.find(letter) != std::string::npos;
    });
    if (!is_known || std::count(einsum.output.begin(), einsum.output.end(), letter) > 1) {
      return refused(equation, "has an output letter that is unknown or there twice");
    }
  }
  return einsum;
}

}  // namespace rheo
