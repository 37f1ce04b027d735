// SPDX-License-Identifier: Apache-2.0
// `TableSteps`: steps looked up in an AgreementTable. Used to tune, certify and simulate.
//
// A step costs what the ladder's profiles expect, so a resumed path costs only what is left of it. One thread at a
// time; table and ladder are borrowed and must have the same paths.
#pragma once

#include <span>

#include <rheo/path.h>

#include "infer/agreement_table.h"
#include "infer/steps.h"

namespace rheo {

class TableSteps final : public Steps {
 public:
  TableSteps(const AgreementTable& table, const Ladder& ladder) : table_(table), ladder_(ladder) {}

  // Item.index is the row of the table.
  Status take(std::span<Item* const> items) override;
  double remaining_us() const override;

 private:
  const AgreementTable& table_;
  const Ladder& ladder_;
};

}  // namespace rheo
