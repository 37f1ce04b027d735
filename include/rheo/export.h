// SPDX-License-Identifier: Apache-2.0
// Marks what the library shows to its users. Everything else is hidden.
#pragma once

#define RHEO_EXPORT [[gnu::visibility("default")]]
