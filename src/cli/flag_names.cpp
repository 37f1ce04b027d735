// SPDX-License-Identifier: Apache-2.0
#include "cli/flag_names.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rheo::cli {

namespace {

struct Named {
  std::string_view words;  // of the library
  std::string_view flag;
};

// Whole words; one that begins like another comes before it.
constexpr std::array kNamed = {
    Named{"LoadOptions::allow_uncertified", "--allow-uncertified"},
    Named{"LoadOptions::batches", "-b"},
    Named{"LoadOptions::mask", "--mask"},
    Named{"LoadOptions::max_isa", "--max-isa"},
    Named{"LoadOptions::precisions", "--precision"},
    Named{"LoadOptions::sizes", "--dim NAME=SIZE,SIZE"},
    Named{"LoadOptions::threads", "--threads"},
    Named{"RunOptions::path", "--path"},
    Named{"model.dimensions", "--dim NAME=SIZE"},
    Named{"model.shapes", "--input-shape"},
    Named{"model.bound", "--bind"},
    Named{"model.batch", "--fixed-batch"},
    Named{"model.plugin_dir", "--plugin-dir"},
    Named{"allow_uncertified", "--allow-uncertified"},
    Named{"give the whole shape", "--input-shape NAME=SIZE,SIZE"},
    Named{"leave mean, deviation and crop out", "--mean, --std, --crop"},
    Named{"give other weights", "--weights"},
    Named{"import the model with a fixed batch", "--fixed-batch"},
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// What `rest` begins with; null: nothing that has a flag.
const Named* named_at(std::string_view rest) {
  const auto* found = std::ranges::find_if(kNamed, [&](const Named& named) {
    return rest.starts_with(named.words) && (rest.size() == named.words.size() || !is_word(rest[named.words.size()]));
  });
  return found == kNamed.end() ? nullptr : found;
}

// "dimension sequence=SIZE" is written as the flag takes it: nothing has to be looked up then.
constexpr std::string_view kDimension = ": dimension ";
constexpr std::string_view kSize = "=SIZE.";

}  // namespace

std::string with_flags(std::string_view sentence) {
  std::string text;
  for (std::size_t at = 0; at < sentence.size();) {
    const std::string_view rest = sentence.substr(at);
    if (rest.starts_with(kDimension) && rest.find(kSize) != std::string_view::npos) {
      text += ": --dim ";
      at += kDimension.size();
      continue;
    }
    const Named* named = at > 0 && is_word(sentence[at - 1]) ? nullptr : named_at(rest);
    if (named == nullptr) {
      text += sentence[at++];
      continue;
    }
    text.append(named->words).append(" (").append(named->flag).append(")");
    at += named->words.size();
  }
  return text;
}

}  // namespace rheo::cli
