// SPDX-License-Identifier: Apache-2.0
// Opens what a user has: a `.rheo` package, or a model of a foreign format through its importer.
#pragma once

#include <span>
#include <string>

#include <rheo/log.h>
#include <rheo/model.h>
#include <rheo/path.h>
#include <rheo/status.h>

#include "load/import.h"
#include "load/package.h"

namespace rheo {

// A package as it was written, or an imported model as a package that was never adapted: its graph has been through the
// optimising passes and its ladder holds every exit in f32 and in `precisions`, cheapest first, without measurements.
// unsupported: int8 of a model that holds no 8-bit layers itself.
Result<Package> open_model(const std::string& file, const ModelOptions& options, const LogSink& log,
                           std::span<const Precision> precisions = {});
// The same of a model file that is imported several times.
Result<Package> open_model(const ModelFile& file, const ModelOptions& options, const LogSink& log,
                           std::span<const Precision> precisions = {});

}  // namespace rheo
