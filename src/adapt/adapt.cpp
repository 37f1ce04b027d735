// SPDX-License-Identifier: Apache-2.0
#include <rheo/adapt.h>

#include <algorithm>
#include <utility>

#include "adapt/adapt_model.h"
#include "adapt/ledger.h"
#include "adapt/workbench.h"
#include "base/try.h"

namespace rheo {

namespace {

Status validate(const AdaptOptions& options, const std::string& output) {
  if (output.empty()) return {StatusCode::invalid_argument, "adapt has no output file; name the package to write."};
  if (options.policies < 2 || options.policies > 1000) {
    return {StatusCode::invalid_argument, "AdaptOptions::policies is " + std::to_string(options.policies) +
                                              "; the frozen list holds 2 to 1000 policies."};
  }
  return {};
}

}  // namespace

Result<AdaptReport> adapt(const std::string& model, const std::string& data, const std::string& labels,
                          const std::string& output, const AdaptOptions& options) {
  RHEO_RETURN_IF_ERROR(validate(options, output));
  RHEO_ASSIGN_OR_RETURN(const Workbench bench, make_workbench(model, data, labels, options));
  if (options.progress) options.progress("tune and certify", 0);
  const std::string ledger = options.ledger.empty() ? data + ".rheo-ledger.json" : options.ledger;
  RHEO_ASSIGN_OR_RETURN(const int read, count_read(ledger, certification_fingerprint(bench, options.seed)));
  RHEO_ASSIGN_OR_RETURN(Adapted adapted, adapt_model(bench, options, read));
  if (options.stop.stop_requested()) return Status(StatusCode::cancelled, "Adapting was stopped; nothing was written.");
  RHEO_RETURN_IF_ERROR(write_package(adapted.package, output));
  if (options.progress) options.progress("written", 1);
  return std::move(adapted.report);
}

}  // namespace rheo
