// SPDX-License-Identifier: Apache-2.0
// Which read of the calibration inputs a certification is, and when it is spent. Every certification on the same inputs
// counts, whatever the seed of its split: the halves of two splits overlap, and whoever may try seeds until one passes
// has looked as often as they tried. Read r certifies at delta / 2^r, so that all reads together spend at most delta,
// whatever their halves share.
#pragma once

#include <string>

#include <rheo/adapt.h>
#include <rheo/status.h>

#include "adapt/workbench.h"

namespace rheo {

// Names the inputs in the ledger: 16 hexadecimal digits of their content alone. Seed, labels and the order of the
// inputs do not count, so none of them makes a read look like a first one.
std::string certification_fingerprint(const Workbench& bench);

// The same of half A alone, for the certificate.
std::string tuning_fingerprint(const Workbench& bench);

// Whether the next read could certify what `options` promise; says how many inputs are needed when there are too few.
// Counts nothing. The workbench need only be opened.
Status check_next_read(const Workbench& bench, const AdaptOptions& options, const std::string& ledger_file);

// The same, then counts that read and returns its number. A promise that is refused spends nothing; the count is on
// disk before this returns, so before anybody may look at half B.
Result<int> spend_read(const Workbench& bench, const AdaptOptions& options, const std::string& ledger_file);

}  // namespace rheo
