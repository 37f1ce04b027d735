// SPDX-License-Identifier: Apache-2.0
// `Ledger`: counts how often the inputs of a data set were read for certification. Choosing again after having seen the
// answer spends confidence, so read r certifies at delta / 2^r; forgetting a read would make the promise a lie. It
// counts by data, never by split: see reads.h.
//
// One small JSON file: {"format": "rheo-ledger", "version": 1, "reads": {"<fingerprint>": 2}}. One writer at a time.
#pragma once

#include <string>
#include <string_view>

#include <rheo/status.h>

namespace rheo {

// Counts one more read of the inputs with this content hash and returns its number, 1 for the first. The new count is
// on disk before they may be read. A file that is not there is a fresh ledger; one that cannot be understood is an
// error, never a fresh one.
Result<int> count_read(const std::string& ledger_file, std::string_view data_fingerprint);

// Reads so far, without counting one.
Result<int> reads_so_far(const std::string& ledger_file, std::string_view data_fingerprint);

}  // namespace rheo
