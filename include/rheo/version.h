// SPDX-License-Identifier: Apache-2.0
// Version of these headers. CMake reads the three numbers from here. SemVer: before 1.0 a minor step may break.
#pragma once

#include <string_view>

#include <rheo/export.h>

// For hosts that must compile against several versions; `version()` says which library was really loaded.
#define RHEO_VERSION_MAJOR 0
#define RHEO_VERSION_MINOR 1
#define RHEO_VERSION_PATCH 0

namespace rheo {

// "0.1.0": of the library that is linked, which may be newer than the headers.
RHEO_EXPORT std::string_view version();

}  // namespace rheo
