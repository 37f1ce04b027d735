// SPDX-License-Identifier: Apache-2.0
#include "plan/join.h"

#include <algorithm>
#include <utility>

#include "graph/graph.h"
#include "kernels/joined_kernel.h"

namespace rheo {
namespace {

constexpr std::size_t kWorthJoiningBytes = 1024 * 1024;
constexpr std::size_t kPictureRank = 4;  // [batch, channels, height, width]

class Joiner {
 public:
  explicit Joiner(const JoinRequest& request) : request_(request), readers_(request.graph.values().size(), 0) {
    for (const Node& node : request.graph.nodes()) {
      for (const ValueId input : node.inputs) {
        if (input != kNoValue) ++readers_[input];
      }
    }
    for (const Exit& exit : request.graph.exits()) ++readers_[exit.value];
    for (const GraphOutput& output : request.graph.outputs()) ++readers_[output.value];
  }

  // True when the result of `op` goes to `next` alone, as what it computes from, and both work by rows.
  bool hands_on(const PlanOp& op, const PlanOp& next) const {
    if (!works_by_rows(op) || !works_by_rows(next) || next.inputs[0] != op.outputs[0]) return false;
    if (next.kernel->by_rows()->takes_whole_pictures()) return false;
    const Slot& handed = slot(op.outputs[0]);
    return readers_[handed.value] == 1 && storage_bytes(handed.type, handed.layout) >= kWorthJoiningBytes;
  }

  PlanOp joined(std::span<PlanOp> ops) const {
    JoinedRequest joined;
    PlanOp result;
    const Slot& x = slot(ops[0].inputs[0]);
    joined.x_height = x.type.shape[2];
    joined.x_row_bytes = row_bytes(x);
    joined.threads = request_.threads;
    for (PlanOp& op : ops) {
      const Slot& y = slot(op.outputs[0]);
      JoinedPart part;
      part.kernel = op.kernel;
      part.pictures = y.type.shape[0];
      part.height = y.type.shape[2];
      part.row_bytes = row_bytes(y);
      if (op.inputs.size() > kResidual && slot(op.inputs[kResidual]).kind == Slot::Kind::arena) {
        const Slot& residual = slot(op.inputs[kResidual]);
        part.residual = static_cast<int>(result.inputs.size() + kResidual - (result.inputs.empty() ? 0 : 1));
        part.residual_row_bytes = row_bytes(residual);
      }
      joined.parts.push_back(std::move(part));
      // The first input of each but the first is what was handed on.
      result.inputs.insert(result.inputs.end(), op.inputs.begin() + (result.inputs.empty() ? 0 : 1), op.inputs.end());
      result.name += (result.name.empty() ? "" : " > ") + op.name;
      result.kernel_name += (result.kernel_name.empty() ? "" : " > ") + op.kernel_name;
      result.refusals.insert(result.refusals.end(), op.refusals.begin(), op.refusals.end());
    }
    result.kind = ops.back().kind;
    result.node = ops.back().node;
    result.stage = ops.back().stage;
    result.outputs = ops.back().outputs;
    result.kernel = make_joined_kernel(std::move(joined));
    result.parts.assign(std::make_move_iterator(ops.begin()), std::make_move_iterator(ops.end()));
    return result;
  }

 private:
  static constexpr std::size_t kResidual = 3;  // of conv2d(x, w, bias?, residual?)

  const Slot& slot(int index) const { return request_.slots[static_cast<std::size_t>(index)]; }

  static std::size_t row_bytes(const Slot& picture) {
    const Shape& shape = picture.type.shape;
    const auto rows = static_cast<std::size_t>(shape[0] * shape[2]);
    return rows == 0 ? 0 : storage_bytes(picture.type, picture.layout) / rows;
  }

  bool works_by_rows(const PlanOp& op) const {
    return op.kind == OpKind::conv2d && op.kernel->by_rows() != nullptr &&
           slot(op.outputs[0]).type.shape.rank() == kPictureRank;
  }

  const JoinRequest& request_;
  std::vector<int> readers_;  // by value, those who get it at the end among them
};

}  // namespace

void join_ops(const JoinRequest& request, std::size_t begin, std::vector<PlanOp>& ops) {
  const Joiner joiner(request);
  std::vector<PlanOp> result(std::make_move_iterator(ops.begin()),
                             std::make_move_iterator(ops.begin() + static_cast<std::ptrdiff_t>(begin)));
  for (std::size_t first = begin; first < ops.size();) {
    std::size_t end = first + 1;
    while (end < ops.size() && joiner.hands_on(ops[end - 1], ops[end])) ++end;
    if (end - first > 1) {
      result.push_back(joiner.joined(std::span(ops).subspan(first, end - first)));
    } else {
      result.push_back(std::move(ops[first]));
    }
    first = end;
  }
  ops = std::move(result);
}

}  // namespace rheo
