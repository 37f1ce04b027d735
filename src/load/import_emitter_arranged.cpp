// SPDX-License-Identifier: Apache-2.0
// Ops over values whose dimensions are not the graph's (import_arrangement.h): those that can work on what is stored
// do, the others get their inputs in the model's own dimensions.
#include <algorithm>
#include <numeric>

#include "base/try.h"
#include "load/import_emitter.h"

namespace rheo {
namespace {

bool is_element_wise(OpKind kind) {
  switch (kind) {
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::div:
    case OpKind::min:
    case OpKind::max:
    case OpKind::pow:
    case OpKind::erf:
    case OpKind::neg:
    case OpKind::exp:
    case OpKind::sqrt:
    case OpKind::cast: return true;
    default: return is_activation(kind);
  }
}

bool goes_along_axis(OpKind kind) {
  return kind == OpKind::gather || kind == OpKind::slice || kind == OpKind::softmax || kind == OpKind::log_softmax;
}

bool is_open(const Shape& shape, std::size_t axis) { return axis < shape.rank() && shape[axis] == kDynamic; }

std::vector<std::int64_t> with_batch_left_open(const PerTrial<Shape>& shapes) {
  std::vector<std::int64_t> target;
  for (std::size_t axis = 0; axis < shapes[0].rank(); ++axis) {
    target.push_back(shapes[0][axis] == shapes[1][axis] ? shapes[0][axis] : -1);
  }
  return target;
}

// True where a shape of the graph can be this: the batch, if any, alone in dimension 0.
bool keeps_batch_in_front(const PerTrial<Shape>& shapes) {
  if (shapes[0].rank() != shapes[1].rank()) return false;
  for (std::size_t axis = 0; axis < shapes[0].rank(); ++axis) {
    const PerTrial<std::int64_t> sizes = {shapes[0][axis], shapes[1][axis]};
    if (sizes[0] != sizes[1] && (axis > 0 || sizes != kTrialBatches)) return false;
  }
  return true;
}

const Arrangement& or_natural(const ImportValue& value, const Arrangement& natural) {
  return value.is_arranged() ? value.arrangement() : natural;
}

bool is_permutation_of(std::span<const std::int64_t> permutation, std::size_t rank) {
  std::vector<bool> seen(rank, false);
  for (const std::int64_t axis : permutation) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank) || seen[static_cast<std::size_t>(axis)]) return false;
    seen[static_cast<std::size_t>(axis)] = true;
  }
  return permutation.size() == rank;
}

}  // namespace

ImportEmitter::Kept ImportEmitter::keep_arranged(OpKind kind, std::span<ImportValue* const> inputs,
                                                 const Attributes& attributes, const ImportPlace& place) {
  if (kind == OpKind::transpose) return keep_transposed(*inputs[0], attributes);
  const auto arranged = [](const ImportValue* input) { return input != nullptr && input->is_arranged(); };
  if (std::none_of(inputs.begin(), inputs.end(), arranged)) return std::optional<ImportValue>();
  if (kind == OpKind::linear) return keep_linear(inputs, attributes, place);
  if (is_element_wise(kind)) return keep_element_wise(kind, inputs, attributes, place);
  if (goes_along_axis(kind)) return keep_along_axis(kind, inputs, attributes, place);
  return std::optional<ImportValue>();
}

// A transpose that leaves the batch in front is one of the graph's; so is a wrong one, which the graph refuses.
ImportEmitter::Kept ImportEmitter::keep_transposed(const ImportValue& x, const Attributes& attributes) {
  const std::vector<std::int64_t> permutation = attributes.integers("permutation");
  const Shape stored = builder_.type_of(x.id()).shape;
  const bool moves_batch = is_open(stored, 0) && !permutation.empty() && permutation[0] != 0;
  if (!x.is_arranged() && !moves_batch) return std::optional<ImportValue>();
  const Arrangement natural = natural_arrangement(stored.rank());
  const Arrangement& arrangement = or_natural(x, natural);
  if (!is_permutation_of(permutation, arrangement.size())) return std::optional<ImportValue>();
  return std::optional(ImportValue::arranged(x.id(), permuted(arrangement, permutation)));
}

ImportEmitter::Kept ImportEmitter::add_arranged(OpKind kind, std::span<ImportValue* const> inputs,
                                                const Attributes& attributes, Arrangement arrangement,
                                                const ImportPlace& place) {
  std::vector<ImportValue> stored;
  for (ImportValue* input : inputs) {
    if (input == nullptr) {
      stored.emplace_back();
    } else {
      stored.push_back(input->is_arranged() ? ImportValue::computed(input->id()) : *input);
    }
  }
  std::vector<ImportValue*> pointers;
  for (std::size_t i = 0; i < inputs.size(); ++i) pointers.push_back(inputs[i] == nullptr ? nullptr : &stored[i]);
  RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue> outputs, add(kind, pointers, attributes, place));
  return std::optional(ImportValue::arranged(outputs[0].id(), std::move(arrangement)));
}

// The features must lie last in both worlds, as one dimension.
ImportEmitter::Kept ImportEmitter::keep_linear(std::span<ImportValue* const> inputs, const Attributes& attributes,
                                               const ImportPlace& place) {
  const auto is_weight = [](const ImportValue* input) { return input == nullptr || input->is_known(); };
  if (!inputs[0]->is_arranged() || !std::all_of(inputs.begin() + 1, inputs.end(), is_weight)) {
    return std::optional<ImportValue>();
  }
  ImportValue x = *inputs[0];
  const auto features_last = [&] {
    const std::vector<std::size_t> last = {builder_.type_of(x.id()).shape.rank() - 1};
    return x.arrangement().empty() || x.arrangement().back() == last;
  };
  if (!features_last()) RHEO_RETURN_IF_ERROR(tidy(x));
  if (!features_last()) return std::optional<ImportValue>();
  std::vector<ImportValue*> pointers(inputs.begin(), inputs.end());
  pointers[0] = &x;
  const Arrangement natural = natural_arrangement(builder_.type_of(x.id()).shape.rank());
  return add_arranged(OpKind::linear, pointers, attributes, or_natural(x, natural), place);
}

Status ImportEmitter::tidy(ImportValue& value) {
  const Tidied tidy = tidied(value.arrangement(), builder_.type_of(value.id()).shape);
  ValueId id = value.id();
  if (!std::is_sorted(tidy.permutation.begin(), tidy.permutation.end())) {
    RHEO_ASSIGN_OR_RETURN(id, builder_.add_node(OpKind::transpose, {id}, {{"permutation", tidy.permutation}}));
  }
  if (builder_.type_of(id).shape != tidy.stored) {
    std::vector<std::int64_t> target;
    for (const std::int64_t dim : tidy.stored.dims()) target.push_back(dim == kDynamic ? -1 : dim);
    RHEO_ASSIGN_OR_RETURN(id, builder_.add_node(OpKind::reshape, {id}, {{"shape", target}}));
  }
  value = ImportValue::arranged(id, tidy.arrangement);
  return {};
}

// A known value that broadcasts to the model's dimensions of `arranged`, made to broadcast to the graph's.
Result<std::optional<ImportValue>> ImportEmitter::laid_like(const ImportValue& known, const ImportValue& arranged,
                                                            const ImportPlace& place) {
  const Shape shape = known.only().shape();
  const Shape stored = builder_.type_of(arranged.id()).shape;
  const Arrangement& arrangement = arranged.arrangement();
  if (!known.ignores_batch() || shape.rank() > arrangement.size()) return std::optional<ImportValue>();
  std::vector<std::int64_t> parts;  // of the known value, in the order of the model's dimensions
  const std::size_t missing = arrangement.size() - shape.rank();
  for (std::size_t axis = 0; axis < arrangement.size(); ++axis) {
    const std::int64_t size = axis < missing ? 1 : shape[axis - missing];
    const std::vector<std::size_t>& group = arrangement[axis];
    std::int64_t joined = 1;
    for (const std::size_t at : group) {
      const bool repeats = size == 1 || stored[at] == kDynamic;
      parts.push_back(repeats ? 1 : stored[at]);
      joined *= parts.back();
    }
    if (group.size() == 1 && joined == 1) parts.back() = joined = size;  // the graph's dimension may be 1 itself
    if (joined != size) return std::optional<ImportValue>();
  }
  const std::vector<std::int64_t> order = order_of(arrangement);
  std::vector<std::int64_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  ImportValue value = known;
  ImportValue* const one[] = {&value};
  const Attributes apart{{"shape", parts}};
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> made, compute(OpKind::reshape, one, {apart, apart}, place));
  ImportValue* const two[] = {made.data()};
  const Attributes turn{{"permutation", back}};
  RHEO_ASSIGN_OR_RETURN(made, compute(OpKind::transpose, two, {turn, turn}, place));
  return std::optional(std::move(made[0]));
}

ImportEmitter::Kept ImportEmitter::keep_element_wise(OpKind kind, std::span<ImportValue* const> inputs,
                                                     const Attributes& attributes, const ImportPlace& place) {
  const ImportValue& arranged =
      **std::find_if(inputs.begin(), inputs.end(), [](const ImportValue* input) { return input->is_arranged(); });
  std::vector<ImportValue> laid;
  for (ImportValue* input : inputs) {
    if (input->is_known()) {
      RHEO_ASSIGN_OR_RETURN(std::optional<ImportValue> known, laid_like(*input, arranged, place));
      if (!known) return known;
      laid.push_back(*std::move(known));
    } else if (input->arrangement() == arranged.arrangement()) {
      laid.push_back(*input);
    } else {
      return std::optional<ImportValue>();
    }
  }
  std::vector<ImportValue*> pointers;
  for (ImportValue& value : laid) pointers.push_back(&value);
  return add_arranged(kind, pointers, attributes, arranged.arrangement(), place);
}

// One dimension that is one of the graph's as well, and not the batch.
ImportEmitter::Kept ImportEmitter::keep_along_axis(OpKind kind, std::span<ImportValue* const> inputs,
                                                   const Attributes& attributes, const ImportPlace& place) {
  const ImportValue& x = *inputs[0];
  const bool picks = kind == OpKind::gather;
  if (!x.is_arranged() || (picks && (!inputs[1]->is_known() || inputs[1]->only().shape().rank() > 0))) {
    return std::optional<ImportValue>();
  }
  const auto rank = static_cast<std::int64_t>(x.arrangement().size());
  std::int64_t axis = attributes.integer("axis", picks || kind == OpKind::slice ? 0 : -1);
  axis += axis < 0 ? rank : 0;
  if (axis < 0 || axis >= rank) return std::optional<ImportValue>();
  const std::optional<std::size_t> stored = only_axis(x.arrangement(), static_cast<std::size_t>(axis));
  if (!stored || is_open(builder_.type_of(x.id()).shape, *stored)) return std::optional<ImportValue>();
  Attributes moved = attributes;
  moved.set("axis", static_cast<std::int64_t>(*stored));
  return add_arranged(kind, inputs, moved,
                      picks ? without(x.arrangement(), static_cast<std::size_t>(axis)) : x.arrangement(), place);
}

// Brings a value into the dimensions that the model sees, when the batch is in front of them.
Status ImportEmitter::settle(ImportValue& value, const ImportPlace& place) {
  const Arrangement& arrangement = value.arrangement();
  const PerTrial<Shape> shapes = shapes_of(value);
  if (!keeps_batch_in_front(shapes)) return mixes_batch(place, "needs the batch where the model has moved it");
  // What is joined with the batch in front is of size 1.
  const Tidied tidy = tidied(arrangement, builder_.type_of(value.id()).shape);
  ValueId id = value.id();
  if (!std::is_sorted(tidy.permutation.begin(), tidy.permutation.end())) {
    RHEO_ASSIGN_OR_RETURN(id, builder_.add_node(OpKind::transpose, {id}, {{"permutation", tidy.permutation}}));
  }
  if (builder_.type_of(id).shape != type_of(value).shape) {
    RHEO_ASSIGN_OR_RETURN(id, builder_.add_node(OpKind::reshape, {id}, {{"shape", with_batch_left_open(shapes)}}));
  }
  value = ImportValue::computed(id);
  return {};
}

Result<ImportValue> ImportEmitter::reshape(ImportValue& value, const PerTrial<Shape>& shapes,
                                           const ImportPlace& place) {
  ImportValue* const one[] = {&value};
  if (value.is_known()) {
    PerTrial<Attributes> targets;
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      const auto dims = shapes[trial].dims();
      targets[trial].set("shape", std::vector<std::int64_t>(dims.begin(), dims.end()));
    }
    RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> known, compute(OpKind::reshape, one, targets, place));
    return std::move(known[0]);
  }
  if (!value.is_arranged() && keeps_batch_in_front(shapes)) {
    RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> made,
                          add(OpKind::reshape, one, {{"shape", with_batch_left_open(shapes)}}, place));
    return std::move(made[0]);
  }
  ImportValue stored = ImportValue::computed(value.id());
  const Arrangement natural = natural_arrangement(builder_.type_of(value.id()).shape.rank());
  const auto target = regrouped(or_natural(value, natural), shapes_of(stored), shapes);
  if (!target) return mixes_batch(place, "joins the batch with other dimensions");
  if (target->stored != shapes_of(stored)) {
    ImportValue* const split[] = {&stored};
    RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue> made,
                          add(OpKind::reshape, split, {{"shape", with_batch_left_open(target->stored)}}, place));
    stored = made[0];
  }
  return ImportValue::arranged(stored.id(), target->arrangement);
}

}  // namespace rheo
