// SPDX-License-Identifier: Apache-2.0
// softmax(scale * q k^T + mask) v becomes one op that never holds the whole matrix of scores. Exporters scale q, k,
// both or the scores, and transpose k with or apart from its heads.
#include "base/try.h"
#include "transform/pass.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

struct Attention {
  ValueId query = kNoValue;
  std::vector<std::int64_t> to_query;  // permutation that makes [b, h, s, d] of `query`; empty: it already is
  ValueId key = kNoValue;              // as the product reads it: [b, h, d, t], or by key_permutation from another one
  std::vector<std::int64_t> to_key;    // permutation that makes [b, h, t, d] of `key`; empty: it already is
  ValueId value = kNoValue;
  ValueId mask = kNoValue;
  double scale = 1;
};

bool is_f32(const Graph& graph, ValueId value) { return graph.value(value).type.dtype == DType::f32; }

// k^T is what a transpose makes of k. The transpose is taken back: only its last two dimensions are exchanged then.
void read_key(const Rewriter& rewriter, ValueId transposed, Attention& found) {
  const Node* node = merged_maker(rewriter, transposed, OpKind::transpose);
  if (node == nullptr) {
    found.key = transposed;
    found.to_key = {0, 1, 3, 2};
    return;
  }
  std::vector<std::int64_t> permutation = node->attributes.integers("permutation");
  std::swap(permutation[2], permutation[3]);
  found.key = node->inputs[0];
  const bool stays = permutation == std::vector<std::int64_t>{0, 1, 2, 3};
  found.to_key = stays ? std::vector<std::int64_t>() : permutation;
}

// Exporters that keep the batch behind the words scale before the heads are moved: the transpose is then made anew.
void read_query(const Rewriter& rewriter, ValueId scaled, Attention& found) {
  const Scaled query = without_scale(rewriter, scaled);
  found.query = query.value;
  found.scale *= query.factor;
  const Node* transpose = merged_maker(rewriter, query.value, OpKind::transpose);
  if (transpose == nullptr) return;
  const Scaled before = without_scale(rewriter, transpose->inputs[0]);
  if (before.value == transpose->inputs[0]) return;
  found.query = before.value;
  found.to_query = transpose->attributes.integers("permutation");
  found.scale *= before.factor;
}

// The scores: a scaled product, with or without a mask added.
bool read_scores(const Rewriter& rewriter, ValueId scores, Attention& found) {
  const Graph& graph = rewriter.graph();
  if (const Node* sum = merged_maker(rewriter, scores, OpKind::add)) {
    if (found.mask != kNoValue) return false;  // the op adds one
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      Attention masked = found;
      masked.mask = sum->inputs[1 - side];
      const bool fits = graph.value(sum->inputs[side]).type.shape == graph.value(scores).type.shape &&
                        graph.value(masked.mask).type.shape.rank() == 4 && is_f32(graph, masked.mask);
      if (!fits || !read_scores(rewriter, sum->inputs[side], masked)) continue;
      found = masked;
      return true;
    }
    return false;
  }
  const Scaled product = without_scale(rewriter, scores);
  const Node* matmul = merged_maker(rewriter, product.value, OpKind::matmul);
  if (matmul == nullptr || graph.value(product.value).type.shape.rank() != 4) return false;
  const Scaled key = without_scale(rewriter, matmul->inputs[1]);
  found.scale = product.factor * key.factor;
  read_query(rewriter, matmul->inputs[0], found);
  read_key(rewriter, key.value, found);
  const Scaled moved = without_scale(rewriter, found.key);
  found.key = moved.value;
  found.scale *= moved.factor;
  return true;
}

// Neither product broadcasts over items or heads.
bool covers_all_heads(const Graph& graph, const Attention& found) {
  const Shape& q = graph.value(found.query).type.shape;
  const auto query_axis = [&](std::size_t axis) {
    return found.to_query.empty() ? axis : static_cast<std::size_t>(found.to_query[axis]);
  };
  const Shape& k = graph.value(found.key).type.shape;
  const Shape& v = graph.value(found.value).type.shape;
  if (q.rank() != 4 || k.rank() != 4 || v.rank() != 4) return false;
  const auto key_axis = [&](std::size_t axis) {
    return found.to_key.empty() ? axis : static_cast<std::size_t>(found.to_key[axis]);
  };
  return q[query_axis(0)] == v[0] && q[query_axis(1)] == v[1] && k[key_axis(0)] == v[0] && k[key_axis(1)] == v[1];
}

Result<bool> fuse(Rewriter& rewriter, const Node& node) {
  const Graph& graph = rewriter.graph();
  if (node.kind != OpKind::matmul || graph.value(node.outputs[0]).type.shape.rank() != 4) return false;
  const Node* softmax = merged_maker(rewriter, node.inputs[0], OpKind::softmax);
  if (softmax == nullptr || !is_f32(graph, node.inputs[0])) return false;
  const std::int64_t axis = softmax->attributes.integer("axis", -1);
  Attention found;
  found.value = node.inputs[1];
  if ((axis != -1 && axis != 3) || !read_scores(rewriter, softmax->inputs[0], found)) return false;
  if (!covers_all_heads(graph, found)) return false;
  RHEO_ASSIGN_OR_RETURN(ValueId query, rewriter.mapped(found.query));
  RHEO_ASSIGN_OR_RETURN(ValueId key, rewriter.mapped(found.key));
  RHEO_ASSIGN_OR_RETURN(const ValueId value, rewriter.mapped(found.value));
  if (!found.to_query.empty()) {
    RHEO_ASSIGN_OR_RETURN(query, rewriter.emit(OpKind::transpose, {query}, {{"permutation", found.to_query}},
                                               rewriter.fresh_name(node.name + ".query"), node.source));
  }
  if (!found.to_key.empty()) {
    RHEO_ASSIGN_OR_RETURN(key, rewriter.emit(OpKind::transpose, {key}, {{"permutation", found.to_key}},
                                             rewriter.fresh_name(node.name + ".key"), node.source));
  }
  std::vector<ValueId> inputs = {query, key, value};
  if (found.mask != kNoValue) {
    RHEO_ASSIGN_OR_RETURN(const ValueId mask, rewriter.mapped(found.mask));
    inputs.push_back(mask);
  }
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::attention, std::move(inputs), {{"scale", found.scale}}));
  return true;
}

}  // namespace

Result<GraphPointer> fuse_attention(const Graph& graph) { return rewrite(graph, fuse); }

}  // namespace rheo
