// SPDX-License-Identifier: Apache-2.0
#include "transform/lower.h"

#include <fmt/format.h>

#include "transform/eight_bit.h"

namespace rheo {
namespace {

struct Lowering {
  Precision precision;
  Result<GraphPointer> (*run)(const GraphPointer& graph, const Ranges& ranges, const NodePrecisions& mixed);
};

constexpr Lowering kLowerings[] = {
    {Precision::f32,
     [](const GraphPointer& graph, const Ranges&, const NodePrecisions&) { return Result<GraphPointer>(graph); }},
    {Precision::bf16, [](const GraphPointer& graph, const Ranges&, const NodePrecisions&) { return to_bf16(*graph); }},
    {Precision::int8,
     [](const GraphPointer& graph, const Ranges& ranges, const NodePrecisions&) {
       return ranges.empty() && is_quantised(*graph) ? Result<GraphPointer>(graph) : to_int8(*graph, ranges);
     }},
    {Precision::mixed, [](const GraphPointer& graph, const Ranges& ranges,
                          const NodePrecisions& mixed) { return to_int8(*graph, ranges, mixed); }},
};

}  // namespace

Result<GraphPointer> lower(const GraphPointer& graph, Precision precision, const Ranges& ranges,
                           const NodePrecisions& mixed) {
  for (const Lowering& lowering : kLowerings) {
    if (lowering.precision != precision) continue;
    Result<GraphPointer> lowered = lowering.run(graph, ranges, mixed);
    return lowered.ok() ? lowered : lowered.status().with_context(fmt::format("lowering to {}", name_of(precision)));
  }
  return Status(StatusCode::unsupported, fmt::format("No transform makes precision {}.", static_cast<int>(precision)));
}

}  // namespace rheo
