// SPDX-License-Identifier: Apache-2.0
#include "load/import_answers.h"

#include <fmt/format.h>

#include <vector>

#include "base/try.h"

namespace rheo {

Status add_answers(ImportEmitter& emitter, const ModelCard& card, std::span<const ImportOutput> outputs) {
  if (outputs.empty()) return {StatusCode::bad_format, "The model has no output."};
  std::vector<ModelCard::Exit> exits = card.exits;
  if (exits.empty()) exits.push_back({outputs.front().name, 0});
  std::vector<bool> is_exit(outputs.size());
  for (const ModelCard::Exit& exit : exits) {
    if (exit.output >= outputs.size()) {
      return {StatusCode::bad_format, fmt::format("{}: exit '{}' is output {}, but the model has {} outputs.",
                                                  kModelCardKey, exit.name, exit.output, outputs.size())};
    }
    RHEO_RETURN_IF_ERROR(emitter.add_exit(exit.name, *outputs[exit.output].value));
    is_exit[exit.output] = true;
  }
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    if (!is_exit[index]) RHEO_RETURN_IF_ERROR(emitter.add_output(outputs[index].name, *outputs[index].value));
  }
  emitter.builder().set_labels(card.labels);
  return {};
}

}  // namespace rheo
