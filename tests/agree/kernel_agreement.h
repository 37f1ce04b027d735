// SPDX-License-Identifier: Apache-2.0
// The one body through which every kernel of the CPU list is compared with the reference: all layouts, all instruction
// sets this host (or RHEO_MAX_ISA) allows, one thread and several.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/environment.h"
#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {

struct LayoutChoice {
  Layout input = Layout::plain;
  Layout output = Layout::plain;
};

inline std::vector<LayoutChoice> all_layouts() {
  std::vector<LayoutChoice> choices;
  for (Layout input : {Layout::nhwc, Layout::plain, Layout::nchw16c}) {
    for (Layout output : {Layout::nhwc, Layout::plain, Layout::nchw16c}) choices.push_back({input, output});
  }
  return choices;
}

inline std::vector<Isa> allowed_isas() {
  const Isa best = select_isa(environment("RHEO_MAX_ISA")).value();
  std::vector<Isa> isas;
  for (Isa isa : {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_vnni_bf16}) {
    if (isa <= best) isas.push_back(isa);
  }
  return isas;
}

// What agreed: "name implementation" per kernel that accepted.
using Agreed = std::set<std::string>;

// Pictures take the layouts of `choice`; constants and all other ranks stay plain. A residual lies like the output.
inline KernelRun with_layouts(OpKind op, KernelRun run, LayoutChoice choice, int output_rank) {
  for (std::size_t i = 0; i < run.inputs.size(); ++i) {
    KernelInput& input = run.inputs[i];
    if (input.tensor.empty() || input.is_constant || input.tensor.shape().rank() != 4) continue;
    input.layout = op == OpKind::conv2d && i == 3 ? choice.output : choice.input;
  }
  run.output_layout = output_rank == 4 ? choice.output : Layout::plain;
  return run;
}

// Winograd's transforms of 6 x 6 tiles multiply by up to 5 and sum again, which costs about three bits.
inline Tolerance tolerance_for(DType result, std::int64_t summands, const std::string& implementation) {
  Tolerance tolerance = tolerance_of(result, summands);
  if (implementation.find("wino") != std::string::npos) tolerance.absolute *= 8;
  return tolerance;
}

// Compares what one entry computed with the reference.
using Compare =
    std::function<::testing::AssertionResult(const KernelEntry&, const KernelOutcome&, const Tensor& expected)>;

inline Compare within_tolerance(std::int64_t summands) {
  return [summands](const KernelEntry&, const KernelOutcome& outcome, const Tensor& expected) {
    return is_close(outcome.outputs[0], expected,
                    tolerance_for(outcome.types[0].dtype, summands, outcome.implementation));
  };
}

// Runs every entry for `op` and compares what it accepts. A refusal must carry a sentence; at least one entry must
// accept on every instruction set, in some layout.
inline Agreed expect_agreement(OpKind op, const KernelRun& run, const Compare& compare) {
  Agreed agreed;
  const auto expected = run_reference(op, run);
  EXPECT_TRUE(expected.ok()) << expected.status().message();
  if (!expected.ok()) return agreed;
  const int rank = static_cast<int>(expected->outputs[0].shape().rank());
  ThreadPool pool(3);
  for (Isa isa : allowed_isas()) {
    bool accepted = false;
    for (LayoutChoice choice : all_layouts()) {
      for (const KernelEntry& entry : cpu_kernels()) {
        if (entry.op != op) continue;
        for (int threads : {1, 3}) {
          KernelRun attempt = with_layouts(op, run, choice, rank);
          attempt.isa = isa;
          attempt.threads = threads;
          attempt.pool = threads > 1 ? &pool : nullptr;
          const std::string what = fmt::format("{} on {}, {} -> {}, {} threads", entry.name, name_of(isa),
                                               name_of(choice.input), name_of(choice.output), threads);
          const auto outcome = run_kernel(entry, attempt);
          if (!outcome) {
            EXPECT_EQ(outcome.status().code(), StatusCode::unsupported) << what << ": " << outcome.status().message();
            EXPECT_TRUE(outcome.status().message().ends_with(".")) << what << ": " << outcome.status().message();
            continue;
          }
          accepted = true;
          agreed.insert(fmt::format("{} {}", entry.name, outcome->implementation));
          EXPECT_TRUE(compare(entry, *outcome, expected->outputs[0])) << what << " (" << outcome->implementation << ")";
          EXPECT_FALSE(outcome->implementation.starts_with("ref")) << what;
        }
      }
    }
    EXPECT_TRUE(accepted) << "No kernel for " << name_of(op) << " on " << name_of(isa);
  }
  return agreed;
}

inline Agreed expect_agreement(OpKind op, const KernelRun& run, std::int64_t summands = 1) {
  return expect_agreement(op, run, within_tolerance(summands));
}

}  // namespace rheo::testing
