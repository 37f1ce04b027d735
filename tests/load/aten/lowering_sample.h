// SPDX-License-Identifier: Apache-2.0
// One operator of PyTorch on its own. What each computes is tested by tests/golden/export_import_test.cpp against
// PyTorch; the tests beside this file look at an open batch, the ops that are chosen, and refusals.
#pragma once

#include <string>
#include <vector>

#include "support/aten_sample.h"
#include "support/tensors.h"

namespace rheo::aten {

using testing::AtenSample;
using testing::number;
using testing::numbers;
using testing::one_aten;
using testing::real;
using testing::text;
using testing::truth;
using testing::value_named;
using testing::values_named;
using Ops = std::vector<std::string>;

}  // namespace rheo::aten
