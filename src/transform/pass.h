// SPDX-License-Identifier: Apache-2.0
// Passes: named functions Graph -> Graph that keep what is computed, for every input, up to rounding. They run once
// per model, in the one order that passes.cpp lists; each is timed and its result verified.
// To add one: a file with the function, its line in passes.cpp and its declaration below, a test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "transform/rewriter.h"

namespace rheo {

struct Pass {
  std::string_view name;  // "fold_batch_norm"
  Result<GraphPointer> (*run)(const Graph& graph);
};

struct PassOptions {
  // Names of passes that are left out, to find out what one of them does. The model computes the same without any of
  // them, more slowly. An unknown name is refused with the list of the known ones.
  std::vector<std::string> off;
};

// What one pass did.
struct PassReport {
  std::string name;
  std::int64_t ns = 0;  // wall time, verification included
  std::size_t nodes_before = 0;
  std::size_t nodes_after = 0;
};

// All passes in order.
std::span<const Pass> passes();

// Runs `list` in order. A failure names the pass, and so does what the verification after it finds. `reports` may be
// null; else one line per pass that ran is appended.
Result<GraphPointer> run_passes(GraphPointer graph, std::span<const Pass> list,
                                std::vector<PassReport>* reports = nullptr, const PassOptions& options = {});

// Runs all passes of passes().
Result<GraphPointer> optimize(GraphPointer graph, std::vector<PassReport>* reports = nullptr,
                              const PassOptions& options = {});

// One line for a log: "fold_constants 210 us (61 nodes), simplify ...": wall time and nodes afterwards.
std::string describe(std::span<const PassReport> reports);

// Quantising and dequantising that an importer spelled out in real numbers -> quantize and dequantize.
Result<GraphPointer> name_quantization(const Graph& graph);
// Leaves out quantize -> dequantize between ops that compute in f32.
Result<GraphPointer> drop_pairs(const Graph& graph);
// Quantising by ranges that are found at run time, a product of whole numbers, and their scales -> one conv2d or
// linear.
Result<GraphPointer> use_run_time_scales(const Graph& graph);
// Computes nodes that depend on constants alone, but for 8-bit weights.
Result<GraphPointer> fold_constants(const Graph& graph);
// Smaller or better known spellings of the same: reshapes that change nothing disappear, pools over the whole picture
// become global_avg_pool, a clamp that is a relu or relu6 becomes one, a matmul by a constant matrix becomes linear.
Result<GraphPointer> simplify(const Graph& graph);
// What exporters spell out becomes one unary op again: gelu, silu, hardswish.
Result<GraphPointer> name_activations(const Graph& graph);
// Rounds what an attention multiplies to 8 bits in front of the moves and scales in front of it.
Result<GraphPointer> raise_pairs(const Graph& graph);
// softmax(scale * q k^T + mask) v -> attention.
Result<GraphPointer> fuse_attention(const Graph& graph);
// A pad with zeros around pictures, then conv2d -> the op's own pads.
Result<GraphPointer> fuse_pad(const Graph& graph);
// conv2d or linear, then batch_norm -> one op with other weights.
Result<GraphPointer> fold_batch_norm(const Graph& graph);
// conv2d or linear, then add of one constant per channel -> the op's bias.
Result<GraphPointer> fuse_bias(const Graph& graph);
// add of a conv2d or linear and something else of the same shape -> the op's residual. Must run before fuse_activation:
// the residual is added before the activation, so an op that already has an activation takes no residual.
Result<GraphPointer> fuse_residual(const Graph& graph);
// conv2d or linear, then a unary op -> the op's activation.
Result<GraphPointer> fuse_activation(const Graph& graph);
// dequantize -> conv2d or linear -> quantize, and pools and moves in between -> the same ops on 8-bit values.
Result<GraphPointer> use_8_bit(const Graph& graph);
// Moves that part the heads of an attention and join its answer -> an attention that finds its heads in rows.
Result<GraphPointer> heads_in_rows(const Graph& graph);
// Drops nodes that no exit needs: what a model computes for nobody, and what other passes left over.
Result<GraphPointer> dead_code(const Graph& graph);
// A model exported for one item ([1, ...]) takes any number of them afterwards, when every op lets the batch pass and
// no op mixes items; otherwise it stays as it is.
Result<GraphPointer> free_batch(const Graph& graph);

}  // namespace rheo
