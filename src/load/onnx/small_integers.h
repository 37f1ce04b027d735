// SPDX-License-Identifier: Apache-2.0
// Arithmetic on 8-bit integers, whose kernels Rheo does not have: it is done in i32, and the answer brought back.
#pragma once

#include <initializer_list>
#include <span>

#include <rheo/status.h>

#include "load/onnx/call.h"

namespace rheo::onnx {

// What `kind` makes of the inputs. Of 8-bit integers it is made in i32 and put into the type of the first input,
// wrapped around as 8 bits do; a truth value stays one. Inputs of other types go to the op as they are. A null input is
// absent.
Result<ImportValue> emit_widened(Call& call, OpKind kind, std::span<ImportValue* const> inputs,
                                 const Attributes& attributes = {});
Result<ImportValue> emit_widened(Call& call, OpKind kind, std::initializer_list<ImportValue*> inputs,
                                 const Attributes& attributes = {});

}  // namespace rheo::onnx
