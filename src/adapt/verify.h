// SPDX-License-Identifier: Apache-2.0
// Self-test: does every path compute here what its own graph says, and what it computed where the package was made? It
// compares each path with the answers that the package carries on all its self-test inputs, and with the reference
// kernels, which are far slower, on the first few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/path.h>
#include <rheo/status.h>

#include "base/cpu.h"
#include "infer/plan_set.h"
#include "load/package.h"

namespace rheo {

inline constexpr std::size_t kReferenceInputs = 4;

struct PathCheck {
  std::string path;
  int inputs = 0;
  int answers_equal = 0;  // inputs whose answer is the one that the package carries
  // Largest difference of a logit from the reference kernels, as a share of the largest one, on the first
  // kReferenceInputs inputs.
  double largest_error = 0;
  double largest_change = 0;  // the same from the answers that the package carries, on all inputs
  bool passed = false;
};

// Largest difference that passes, as a share of the largest logit: rounding for f32, steps of the format otherwise.
double allowed_error(Precision precision);

// `plans` for every path of the package, on its self-test inputs. invalid_argument: it has none.
Result<std::vector<PathCheck>> check_paths(PlanSet& plans, const Package& package);

// The kind of host that this is with kernels of at most `isa`, and the time.
VerifiedHost this_host(Isa isa);

struct Verification {
  VerifiedHost host;  // this one
  std::vector<PathCheck> paths;
  bool known = false;    // the package lists this kind of host
  bool written = false;  // because it was added now
  bool passed() const;
};

// What happens when every path passes on a kind of host that the package does not list yet.
enum class WhenVerified : std::uint8_t {
  only_say,  // nothing
  record,    // the host is added and the file rewritten atomically, so that its certificate counts here
};

// The package's self-test on this host, with the plans that an engine would run. A package that fails stays as it is,
// and is no error of this call. `max_isa` as in LoadOptions.
Result<Verification> verify_package(const std::string& file, std::string_view max_isa, WhenVerified then);

}  // namespace rheo
