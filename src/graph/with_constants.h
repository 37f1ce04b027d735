// SPDX-License-Identifier: Apache-2.0
// A graph on other constants: what shares weights, or puts others in their place, keeps everything else.
#pragma once

#include <functional>
#include <memory>

#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"

namespace rheo {

// What stands for the constant of `value`, in its dtype and shape. May be that constant.
using OtherConstant = std::function<Result<Tensor>(const Value& value)>;

// The same graph with `other` of each of its constants. The first failure of `other` is returned, and a tensor of
// another type is refused where it does not fit. Nodes that nobody needs are dropped.
Result<std::shared_ptr<const Graph>> with_constants(const Graph& graph, const OtherConstant& other);

}  // namespace rheo
