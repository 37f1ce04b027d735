// SPDX-License-Identifier: Apache-2.0
// The `.rheo` package: everything `adapt` made of a model, in one safetensors file. Weights and self-test tensors are
// its tensors; graphs, ladder, ranges, certificate, hosts and the free sections are JSON texts in `__metadata__`.
//
// A package is hostile until it is read: any byte string gives a Package or a Status that says what is wrong and where.
// Reading rebuilds the graph through GraphBuilder, so every type is inferred by us, and compares two hashes that leave
// no bit of the file uncovered. They show damage and carelessness; whoever means to lie can compute them too.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rheo/certificate.h>
#include <rheo/limits.h>
#include <rheo/path.h>
#include <rheo/status.h>
#include <rheo/tensor.h>

#include "graph/graph.h"
#include "graph/ranges.h"
#include "graph/variant.h"
#include "load/certificate_json.h"

namespace rheo {

// A plain value; graphs are shared and frozen.
struct Package {
  std::shared_ptr<const Graph> graph;  // of the model that the reference path runs; never null after reading
  Ladder ladder;                       // empty (size 0): the model was never adapted; reading gives it a plain one
  Ranges ranges;                       // of activations, for int8 paths; may be empty
  NodePrecisions mixed;                // what stays out of 8 bits on mixed paths; may be empty
  // A ladder of several models: the name of the one above, and the others, cheapest first. Empty: there is only one.
  std::string variant;
  std::vector<Variant> smaller;
  std::optional<Certificate> certificate;
  // JSON texts that belong to the rooms policy, estimate and plan: carried, well-formed, not looked into. May be empty.
  std::string policy;
  std::string estimator;
  std::string choices;
  // For people: why adapt shipped nothing but the reference path. Empty when it shipped a policy, or never ran.
  std::string note;
  // Kinds of host on which the self-test passed; the first is where the package was made. May be empty.
  std::vector<VerifiedHost> hosts;
  // Inputs, each [1, ...], and what every path answered where the package was made: outputs[i] is f32 [paths, ...], one
  // row per rung of the ladder, and belongs to the inputs [i * input count, (i + 1) * input count).
  std::vector<Tensor> self_test_inputs;
  std::vector<Tensor> self_test_outputs;
  // What `model_hash` below says of all this. Filled in by reading, which compares it with the content.
  std::string model_hash;
};

// All models of the ladder, that of the reference path last.
std::vector<Variant> variants_of(const Package& package);

// Binds a certificate to what decides the answers: 32 hexadecimal digits over the content hashes of the graphs, the
// ladder, the ranges, the mixed precisions, the estimator and the choices. The certificate itself, the policy (which
// the certificate quotes), the hosts and the self-test do not count.
std::string model_hash(const Package& package);

// Whether the package was made on this kind of host. What was measured there, such as the kernel choices, is of use
// nowhere else.
bool made_on(const Package& package, std::string_view isa, std::string_view library_versions);
// Whether its self-test has passed on this kind of host, the one where it was made included: its certificate counts.
bool verified_on(const Package& package, std::string_view isa, std::string_view library_versions);

// Writes atomically: a temporary file in the same folder is written, synchronised and renamed. On failure nothing is
// left behind and an earlier file of that name is untouched. `package.model_hash` is ignored and computed afresh.
// invalid_argument: no graph, a number that is not finite, a name that is used twice, a certificate whose model_hash is
// not model_hash(package). io_error: the system's words.
Status write_package(const Package& package, const std::string& file);

// The same bytes in memory.
Result<std::vector<std::byte>> package_bytes(const Package& package);

// bad_format, unsupported or limit_exceeded say what in the file is wrong; io_error and not_found speak of the file.
// From a file: large tensors share the one buffer the file was read into. From memory: tensors are copied.
Result<Package> read_package(const std::string& file, const LoadLimits& limits = {});
Result<Package> read_package(std::span<const std::byte> bytes, const LoadLimits& limits = {});

}  // namespace rheo
