// SPDX-License-Identifier: Apache-2.0
// Tensors that a model makes from numbers: filled, and counted. Shared by the lowerings of all formats. What they take
// is booked first, because a few bytes of a file may ask for much.
#pragma once

#include <rheo/status.h>

#include "load/import_call.h"
#include "load/import_shape.h"

namespace rheo {

// The same number, a tensor of one element, in every place of a shape.
Result<ImportValue> filled(ImportCall& call, const Tensor& number, const Sizes& shape);
// start, start + step, ... before limit; three known numbers of the dtype of `start`.
Result<ImportValue> range(ImportCall& call, const ImportValue& start, const ImportValue& limit,
                          const ImportValue& step);

}  // namespace rheo
