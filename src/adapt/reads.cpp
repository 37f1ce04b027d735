// SPDX-License-Identifier: Apache-2.0
#include "adapt/reads.h"

#include <fmt/core.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "adapt/certify.h"
#include "adapt/ledger.h"
#include "base/try.h"

namespace rheo {

namespace {

std::string fingerprint_of(const Dataset& data, std::span<const int> rows) {
  const auto count = static_cast<std::size_t>(data.size());
  const std::size_t item_bytes = count == 0 ? 0 : data.items.size_bytes() / count;
  const auto* bytes = static_cast<const std::byte*>(data.items.data());
  std::uint64_t sum = 0;  // wraps; a sum does not know the order
  for (const int row : rows) sum += XXH3_64bits(bytes + static_cast<std::size_t>(row) * item_bytes, item_bytes);
  const std::uint64_t all[] = {sum, rows.size()};
  return fmt::format("{:016x}", XXH3_64bits(all, sizeof(all)));
}

}  // namespace

std::string certification_fingerprint(const Workbench& bench) {
  std::vector<int> all(static_cast<std::size_t>(bench.data.size()));
  std::iota(all.begin(), all.end(), 0);
  return fingerprint_of(bench.data, all);
}

std::string tuning_fingerprint(const Workbench& bench) { return fingerprint_of(bench.data, bench.tuning); }

Status check_next_read(const Workbench& bench, const AdaptOptions& options, const std::string& ledger_file) {
  RHEO_ASSIGN_OR_RETURN(const int so_far, reads_so_far(ledger_file, certification_fingerprint(bench)));
  const Promise promise{options.max_disagreement, options.max_accuracy_drop, options.confidence, so_far + 1};
  return check_promise(promise, static_cast<std::int64_t>(bench.certification.size()), !bench.data.labels.empty());
}

Result<int> spend_read(const Workbench& bench, const AdaptOptions& options, const std::string& ledger_file) {
  RHEO_RETURN_IF_ERROR(check_next_read(bench, options, ledger_file));
  return count_read(ledger_file, certification_fingerprint(bench));
}

}  // namespace rheo
