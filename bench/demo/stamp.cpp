// SPDX-License-Identifier: Apache-2.0
#include "demo/stamp.h"

#include <fmt/core.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "kernels/kernel.h"
#include "load/file.h"

namespace rheo::demo {

namespace {

using Json = nlohmann::ordered_json;

Result<std::string> content_hash(const std::string& file) {
  RHEO_ASSIGN_OR_RETURN(const FileBytes content, read_file(file));
  const XXH128_hash_t hash = XXH3_128bits(content.bytes.data(), content.bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// This program holds the library's code; the library's file stands for it, because both programs that share packages
// hold the same one. That is only true when the program was linked after the library was last built.
Status check_linked_after(const std::string& library) {
  std::error_code error;
  const auto program = std::filesystem::last_write_time(std::filesystem::read_symlink("/proc/self/exe", error), error);
  const auto built = std::filesystem::last_write_time(library, error);
  if (error) return {StatusCode::io_error, "Cannot see when '" + library + "' was built: " + error.message() + "."};
  if (program >= built) return {};
  return {StatusCode::invalid_argument, "This program is older than '" + library + "'; build it again."};
}

Json asked_for(const Sources& sources) {
  Json list = Json::array();
  for (const PackageSpec& spec : kPackages) {
    const AdaptOptions options = options_of(sources, spec);
    list.push_back({{"name", spec.name},
                    {"policy", static_cast<int>(options.policy)},
                    {"estimator", options.use_estimator},
                    {"max_disagreement", options.max_disagreement},
                    {"confidence", options.confidence},
                    {"policies", options.policies},
                    {"seed", options.seed}});
  }
  return list;
}

}  // namespace

Result<std::string> stamp_of(const Sources& sources) {
  RHEO_RETURN_IF_ERROR(check_linked_after(RHEO_LIBRARY_FILE));
  RHEO_ASSIGN_OR_RETURN(const Isa isa, select_isa(environment("RHEO_MAX_ISA")));
  Json json = {{"format", "rheo-packages"}};
  const std::pair<const char*, std::string> files[] = {{"model", sources.model},
                                                       {"calibration_images", sources.calibration_images},
                                                       {"calibration_labels", sources.calibration_labels},
                                                       {"library", RHEO_LIBRARY_FILE},
                                                       {"importer", RHEO_IMPORTER_FILE}};
  for (const auto& [name, file] : files) {
    json[name] = "none";  // a build without LibTorch has no importer
    if (!file.empty()) {
      RHEO_ASSIGN_OR_RETURN(json[name], content_hash(file));
    }
  }
  json["versions"] = library_versions();
  json["isa"] = name_of(isa);
  json["packages"] = asked_for(sources);
  return json.dump(2) + "\n";
}

}  // namespace rheo::demo
