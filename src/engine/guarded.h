// SPDX-License-Identifier: Apache-2.0
// The last door before the host: what the C++ runtime throws when memory or threads run out becomes a Status here, so
// that no exception leaves the library unasked.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <rheo/status.h>

namespace rheo {

// Calls `body`, which returns a Status or a Result, and answers with a Status instead of an exception.
template <typename F>
auto guarded(F&& body) -> decltype(body()) {
  try {
    return std::forward<F>(body)();
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::resource_exhausted,
                  "Memory ran out. Use smaller batches, fewer sessions at once, or give the process more.");
  } catch (const std::system_error& error) {
    return Status(StatusCode::resource_exhausted,
                  std::string("The system refused a resource: ") + error.what() + ". Start fewer threads.");
  } catch (const std::exception& error) {
    return Status(StatusCode::internal, std::string("An exception reached the door: ") + error.what() +
                                            ". Please report it with the model and the call.");
  }
}

}  // namespace rheo
