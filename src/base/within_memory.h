// SPDX-License-Identifier: Apache-2.0
// The border where the one exception of the standard library that a file's sizes can provoke becomes a Status.
#pragma once

#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include <rheo/status.h>

namespace rheo {

// What `make` gives, a Result; resource_exhausted when memory ran out on the way. `what` begins the sentence: "Reading
// the package". For calls whose containers grow with what a file asks for.
template <typename Make>
auto within_memory(std::string_view what, Make&& make) -> decltype(make()) {
  const auto too_little = [what] {
    return Status(StatusCode::resource_exhausted,
                  std::string(what) + " needs more memory than there is; free memory or use a smaller model or batch.");
  };
  try {
    return make();
  } catch (const std::bad_alloc&) {
    return too_little();
  } catch (const std::length_error&) {  // a container that no memory could hold
    return too_little();
  }
}

}  // namespace rheo
