// SPDX-License-Identifier: Apache-2.0
// Which element type PyTorch computes in when operands differ. Kinds rise from bool over whole numbers to floats; the
// highest kind wins. Within a kind, tensors with dimensions win over those without, and those over plain numbers.
// Every float is f32 here.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include <rheo/status.h>

#include "load/aten/call.h"

namespace rheo::aten {

// The arguments `names`, cast to their common element type. With `real` whole numbers and bools become floats: what is
// divided, and what a function of real numbers takes.
enum class Numbers : bool { any, real };
Result<std::vector<ImportValue>> promoted(Call& call, std::initializer_list<std::string_view> names,
                                          Numbers numbers = Numbers::any);
// `value` as floats.
Result<ImportValue> as_real(Call& call, ImportValue& value);

}  // namespace rheo::aten
