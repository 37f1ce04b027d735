// SPDX-License-Identifier: Apache-2.0
// Einsum as products of matrices. Two operands at a time: letters of both that the result keeps are the batch of the
// product, those that it drops are summed over, the rest are rows and columns.
#pragma once

#include <span>
#include <string_view>

#include <rheo/status.h>

#include "load/import_call.h"

namespace rheo {

Result<ImportValue> einsum_of(ImportCall& call, std::string_view equation, std::span<ImportValue* const> values);

}  // namespace rheo
