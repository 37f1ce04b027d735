// SPDX-License-Identifier: Apache-2.0
// Self-test: does every path compute here what its own graph says? Each precision's plan is compared with the reference
// kernels on a few inputs, and the reference path also with the answers that the package carries.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "infer/plan_set.h"

namespace rheo {

struct PathCheck {
  std::string path;
  int inputs = 0;
  int answers_equal = 0;     // inputs whose answer is that of the reference kernels
  double largest_error = 0;  // largest difference of a logit, as a share of the largest logit
  bool passed = false;
};

// Largest difference that passes, as a share of the largest logit: rounding for f32, steps of the format otherwise.
double allowed_error(Precision precision);

// `plans` against the same graphs on reference kernels, for every path of `ladder`, on `inputs` ([1, ...] each).
Result<std::vector<PathCheck>> check_paths(PlanSet& plans, const Ladder& ladder, std::span<const Tensor> inputs);

// The package's own self-test inputs on this host, with the host's kernels. Also compares the reference path with the
// stored answers.
Result<std::vector<PathCheck>> verify_package(const std::string& file, std::string_view max_isa);

}  // namespace rheo
