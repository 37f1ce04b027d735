// SPDX-License-Identifier: Apache-2.0
// Products of matrices, as the lowerings of all formats say them. With a constant second factor a product becomes a
// linear layer, whose weights are [out, in].
#pragma once

#include <rheo/status.h>

#include "load/import_call.h"

namespace rheo {

// A matrix that is the same for every batch.
bool is_constant_matrix(const ImportCall& call, const ImportValue& value);
// [..., m, k] x [..., k, n] with leading dimensions broadcast; a vector is a row on the left and a column on the right,
// and that dimension is dropped again.
Result<ImportValue> product_of(ImportCall& call, ImportValue& a, ImportValue& b);
// The parts of that: a vector as a matrix of one row or one column, and a product without what was added to factors of
// these ranks.
Result<ImportValue> as_matrix(ImportCall& call, ImportValue& value, bool is_row);
Result<ImportValue> without_added(ImportCall& call, ImportValue product, std::size_t a_rank, std::size_t b_rank);
// `value` times a number.
Result<ImportValue> scaled(ImportCall& call, ImportValue value, double factor);

}  // namespace rheo
