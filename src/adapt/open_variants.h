// SPDX-License-Identifier: Apache-2.0
// Opens the models of a ladder and checks that adapt can work with each and that they answer the same question.
#pragma once

#include <string>
#include <vector>

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "graph/variant.h"

namespace rheo {

// The smaller models of `options`, then `model`. Named after their files when there are several. unsupported: one is no
// classifier of single items. invalid_argument: they take other inputs or know other classes; says which.
Result<std::vector<Variant>> open_variants(const std::string& model, const AdaptOptions& options);

}  // namespace rheo
