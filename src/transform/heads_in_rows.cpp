// SPDX-License-Identifier: Apache-2.0
// Linear layers make and take the heads of an attention side by side in rows, [b, s, heads * d]. Exporters part and
// move them, [b, heads, s, d], attend, and move the answer back. The attention reads and writes them where they are
// instead: queries, keys and values as parts of what one layer or three have made, so that nothing is moved.
#include "base/try.h"
#include "op/inference.h"
#include "transform/moved_view.h"
#include "transform/pass.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

// Moves between a layer and an attention; exporters write four at most.
constexpr std::size_t kMostMoves = 8;

// An operand of an attention as a part of rows.
struct Rows {
  ValueId value = kNoValue;
  std::int64_t column = 0;  // of the first head
};

// True when `heads` [b, h, s, d] are the columns from view.first on of dense rows of shape `rows`.
bool lie_in_rows(const MovedView& heads, const Shape& rows) {
  const auto has_stride = [&](std::size_t axis, std::int64_t stride) {
    return heads.shape[axis] == 1 || heads.strides[axis] == stride;
  };
  const std::int64_t depth = heads.shape[3];
  if (rows[1] == kDynamic || rows[2] == kDynamic || heads.shape[1] == kDynamic || depth == kDynamic) return false;
  const std::int64_t width = saturating_product(heads.shape[1], depth);
  return heads.shape[0] == rows[0] && heads.shape[2] == rows[1] &&
         has_stride(0, saturating_product(rows[1], rows[2])) && has_stride(1, depth) && has_stride(2, rows[2]) &&
         has_stride(3, 1) && heads.first >= 0 && heads.first <= rows[2] && width <= rows[2] - heads.first;
}

// The rows that hold what an attention reads as [b, h, s, d], as far behind moves as there are some.
std::optional<Rows> rows_of(const Graph& graph, ValueId operand) {
  std::vector<const Node*> moves;  // the last one first
  std::optional<Rows> found;
  for (ValueId value = operand; moves.size() < kMostMoves;) {
    const Node* maker = maker_of(graph, value);
    if (maker == nullptr || !is_view(graph, *maker)) break;
    moves.push_back(maker);
    value = maker->inputs[0];
    const Shape& rows = graph.value(value).type.shape;
    if (rows.rank() != 3) continue;
    std::optional<MovedView> view = MovedView::whole(rows);
    for (auto move = moves.rbegin(); view && move != moves.rend(); ++move) view = moved(graph, **move, *view);
    if (view && lie_in_rows(*view, rows)) found = Rows{value, view->first};
  }
  return found;
}

// `node` joins the heads [b, s, h, d] of one attention again, whose answer nobody else reads: the attention.
const Node* attention_before(const Rewriter& rewriter, const Node& node) {
  if (node.kind != OpKind::reshape) return nullptr;
  const Node* transpose = merged_maker(rewriter, node.inputs[0], OpKind::transpose);
  if (transpose == nullptr) return nullptr;
  if (transpose->attributes.integers("permutation") != std::vector<std::int64_t>{0, 2, 1, 3}) return nullptr;
  const Node* attention = merged_maker(rewriter, transpose->inputs[0], OpKind::attention);
  if (attention == nullptr || attention->attributes.integer("heads") != 0) return nullptr;
  const Shape& heads = rewriter.graph().value(attention->outputs[0]).type.shape;
  const Shape& rows = rewriter.graph().value(node.outputs[0]).type.shape;
  const bool joins = rows.rank() == 3 && rows[0] == heads[0] && rows[1] == heads[2] && heads[1] != kDynamic;
  return joins ? attention : nullptr;
}

Result<bool> read_rows(Rewriter& rewriter, const Node& node) {
  const Graph& graph = rewriter.graph();
  const Node* attention = attention_before(rewriter, node);
  if (attention == nullptr) return false;
  RHEO_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, rewriter.mapped(attention->inputs));
  std::vector<std::int64_t> columns;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::optional<Rows> rows = rows_of(graph, attention->inputs[i]);
    if (!rows) return false;
    RHEO_ASSIGN_OR_RETURN(inputs[i], rewriter.mapped(rows->value));
    columns.push_back(rows->column);
  }
  const Shape& query = graph.value(attention->inputs[0]).type.shape;
  const std::int64_t out_depth = graph.value(attention->outputs[0]).type.shape[3];
  if (query[3] == 0 || out_depth == 0) return false;
  Attributes attributes = attention->attributes;
  attributes.set("heads", query[1]);
  attributes.set("depths", std::vector{query[3], out_depth});
  attributes.set("columns", std::move(columns));
  RHEO_RETURN_IF_ERROR(rewriter.replace(node, OpKind::attention, std::move(inputs), std::move(attributes)));
  return true;
}

}  // namespace

Result<GraphPointer> heads_in_rows(const Graph& graph) { return rewrite(graph, read_rows); }

}  // namespace rheo
