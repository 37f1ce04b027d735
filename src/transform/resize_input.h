// SPDX-License-Identifier: Apache-2.0
// The same graph on smaller pictures: what computes on them shrinks, weights stay what they are and are shared.
#pragma once

#include <rheo/path.h>

#include "transform/rewriter.h"

namespace rheo {

// Height and width of the pictures that `graph` takes. unsupported when it takes anything but pictures: one input, f32
// [batch, channels, height, width] of fixed height and width.
Result<Resolution> picture_size(const Graph& graph);

// `graph`, in whichever arithmetic, for pictures of the size `given` that it makes as small as `computed` before it
// computes: a resize with averaging at its head, named after the input. A size that is_own is that of the graph's own
// input. The graph itself when neither changes anything.
// invalid_argument: a size is larger than the one it comes from, or less than a quarter of it. unsupported: something
// in the graph works for its own size alone, such as a linear layer over all pixels; the sentence names it.
Result<GraphPointer> resize_input(const GraphPointer& graph, Resolution given, Resolution computed);

}  // namespace rheo
