// SPDX-License-Identifier: Apache-2.0
// Which plans adapt tries: every model in every precision, on pictures of its own size and of smaller ones.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <rheo/adapt.h>
#include <rheo/path.h>
#include <rheo/status.h>

#include "graph/variant.h"

namespace rheo {

struct Candidates {
  std::vector<Path> plans;           // one path per plan, its exit left open; the reference's is among them
  std::vector<DroppedPath> refused;  // what was not asked for by name and is not possible, with the reason
};

// Pictures on which a model of pictures of this size is tried where nobody says: largest first, none for small ones.
std::vector<Resolution> usual_resolutions(Resolution own);

// invalid_argument: a size is not smaller than the model's own. unsupported: a model does not work on a size that was
// asked for. limit_exceeded: what was asked for makes more paths than a ladder holds.
Result<Candidates> candidate_plans(std::span<const Variant> variants, const AdaptOptions& options);

// Paths that the plans serve, one per exit.
std::size_t path_count(std::span<const Variant> variants, std::span<const Path> plans);

}  // namespace rheo
