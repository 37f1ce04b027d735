// SPDX-License-Identifier: Apache-2.0
// One dimension of a type as a model file declares it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rheo {

// A number, a named unknown ("batch"), or an unknown without a name. A value type.
struct OpenDimension {
  std::optional<std::int64_t> size;  // 0 or more; nothing: open
  std::string name;                  // of an open one
};

}  // namespace rheo
