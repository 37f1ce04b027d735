// SPDX-License-Identifier: Apache-2.0
// What a model gives out, as its card says it: exits, which are answers, and further outputs.
#pragma once

#include <span>
#include <string>

#include <rheo/status.h>

#include "load/import_emitter.h"
#include "load/model_card.h"

namespace rheo {

struct ImportOutput {
  std::string name;
  ImportValue* value;  // never null
};

// The exits that the card names, else the first output; then the outputs that are none, and the labels. bad_format when
// there is no output, or the card names one that is not there.
Status add_answers(ImportEmitter& emitter, const ModelCard& card, std::span<const ImportOutput> outputs);

}  // namespace rheo
