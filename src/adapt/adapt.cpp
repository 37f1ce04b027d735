// SPDX-License-Identifier: Apache-2.0
#include <rheo/adapt.h>

#include <filesystem>
#include <utility>

#include "adapt/adapt_model.h"
#include "adapt/certify.h"
#include "adapt/family.h"
#include "adapt/reads.h"
#include "adapt/workbench.h"
#include "base/try.h"
#include "base/within_memory.h"

namespace rheo {

namespace {

// Found out before the minutes of work and the read that they would cost.
Status check_output(const std::string& output) {
  if (output.empty()) return {StatusCode::invalid_argument, "adapt has no output file; name the package to write."};
  const std::filesystem::path file(output);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return {StatusCode::not_found,
            "The package cannot be written: there is no folder '" + folder.string() + "'; make it first."};
  }
  if (std::filesystem::is_directory(file, ignored)) {
    return {StatusCode::invalid_argument, "'" + output + "' is a folder; name the package to write."};
  }
  return {};
}

Status validate(const AdaptOptions& options, const std::string& output) {
  RHEO_RETURN_IF_ERROR(check_output(output));
  RHEO_RETURN_IF_ERROR(check_ranges({options.max_disagreement, options.max_accuracy_drop, options.confidence, 1}));
  if (options.policies < 2 || options.policies > 1000) {
    return {StatusCode::invalid_argument, "AdaptOptions::policies is " + std::to_string(options.policies) +
                                              "; the frozen list holds 2 to 1000 policies."};
  }
  return {};
}

Result<AdaptReport> run_all(const std::string& model, const std::string& data, const std::string& labels,
                            const std::string& output, const AdaptOptions& options) {
  RHEO_ASSIGN_OR_RETURN(Workbench bench, open_workbench(model, data, labels, options));
  const std::string ledger = options.ledger.empty() ? data + ".rheo-ledger.json" : options.ledger;
  RHEO_RETURN_IF_ERROR(check_next_read(bench, options, ledger));
  RHEO_RETURN_IF_ERROR(fill_workbench(bench, options));
  if (options.progress) options.progress("tune and certify", 0);
  RHEO_ASSIGN_OR_RETURN(const Family family, tune_family(bench, options));
  RHEO_ASSIGN_OR_RETURN(Package draft, draft_package(bench, family));
  RHEO_RETURN_IF_ERROR(check_stop(options));  // a run that ends here has read nothing
  RHEO_ASSIGN_OR_RETURN(const int read, spend_read(bench, options, ledger));
  RHEO_ASSIGN_OR_RETURN(Adapted adapted, certify_model(bench, family, std::move(draft), options, read));
  RHEO_RETURN_IF_ERROR(check_stop(options));
  RHEO_RETURN_IF_ERROR(write_package(adapted.package, output));
  if (options.progress) options.progress("written", 1);
  return std::move(adapted.report);
}

}  // namespace

Result<AdaptReport> adapt(const std::string& model, const std::string& data, const std::string& labels,
                          const std::string& output, const AdaptOptions& options) {
  RHEO_RETURN_IF_ERROR(validate(options, output));
  Result<AdaptReport> report =
      within_memory("Adapting the model", [&] { return run_all(model, data, labels, output, options); });
  // Wherever the stop was seen, it is one and the same thing to the caller.
  if (report.status().code() == StatusCode::cancelled) return stopped();
  return report;
}

}  // namespace rheo
