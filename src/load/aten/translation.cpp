// SPDX-License-Identifier: Apache-2.0
#include "load/aten/translation.h"

#include "base/try.h"
#include "load/aten/lowerings.h"

namespace rheo::aten {

Status Translation::add(const Node& node) {
  const Lowering* lowering = find_lowering(node.target);
  Result<Arguments> arguments = lowering == nullptr ? Arguments() : Arguments::bind(lowering->signature, node);
  Call call(emitter_, scope_, node, arguments.ok() ? *arguments : Arguments());
  bool is_known = lowering != nullptr;
  if (!is_known) missing_.add(node.target, call.place());
  for_each_value(node, [&](const std::string& name) {
    const ImportValue* value = scope_.find(name);
    is_known = is_known && (value == nullptr || !value->is_missing());
  });
  if (!is_known) {
    for (std::size_t output = 0; output < node.outputs.size(); ++output) call.answer(ImportValue(), output);
    return {};
  }
  if (!arguments) return call.refuse(arguments.status().message());
  return blame_model(lowering->lower(call), call.place());
}

}  // namespace rheo::aten
