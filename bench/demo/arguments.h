// SPDX-License-Identifier: Apache-2.0
// What the demo and the numbers are called with: PROGRAM [--quick] MODEL.pt DATA_FOLDER PACKAGE_FOLDER OUTPUT_FOLDER.
#pragma once

#include <span>
#include <string>

#include "demo/packages.h"

namespace rheo::demo {

// `words` without the program's name. What stands after the four is left in `rest`.
inline Result<Sources> sources_from(std::span<char*> words, std::span<char*>& rest) {
  const bool quick = !words.empty() && std::string_view(words[0]) == "--quick";
  if (quick) words = words.subspan(1);
  if (words.size() < 4) {
    return Status(StatusCode::invalid_argument, "Name four things: MODEL.pt DATA_FOLDER PACKAGE_FOLDER OUTPUT_FOLDER.");
  }
  rest = words.subspan(4);
  return prepare_sources(words[0], words[1], words[2], words[3], quick ? Extent::quick : Extent::full);
}

}  // namespace rheo::demo
