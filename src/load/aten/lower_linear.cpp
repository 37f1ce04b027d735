// SPDX-License-Identifier: Apache-2.0
// Products of matrices, and attention.
#include <cmath>
#include <optional>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_einsum.h"
#include "load/import_product.h"

namespace rheo::aten {
namespace {

// [b, s, d] as [b, 1, s, d].
Result<ImportValue> with_one_head(Call& call, ImportValue& value) {
  const Shape shape = call.shape_of(value);
  if (shape.rank() != 3) return value;
  return call.reshape(value, {shape[0], 1, shape[1], shape[2]});
}

// Whether a bias of this shape is one row for `outputs` columns.
bool is_row(const Shape& shape, std::int64_t outputs) {
  return shape.rank() >= 1 && shape.rank() <= 2 && shape[shape.rank() - 1] == outputs &&
         (shape.rank() == 1 || shape[0] == 1);
}

}  // namespace

Status lower_linear(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * input, call.value("input"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * weight, call.value("weight"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * bias, call.value_or_null("bias"));
  if (is_constant_matrix(call, *weight) && call.shape_of(*input).rank() >= 2) {
    return call.answer_with(OpKind::linear, {input, weight, bias});
  }
  if (call.shape_of(*weight).rank() != 2) return call.refuse("has weights that are no matrix");
  RHEO_ASSIGN_OR_RETURN(ImportValue transposed, call.transpose(*weight, {1, 0}));
  RHEO_ASSIGN_OR_RETURN(ImportValue product, product_of(call, *input, transposed));
  if (bias == nullptr) return call.answer_result(std::move(product));
  return call.answer_with(OpKind::add, {&product, bias});
}

// beta * self + alpha * mat1 mat2; with constant factors a linear layer.
Status lower_addmm(Call& call) {
  const bool is_batched = call.op() == "baddbmm";
  RHEO_ASSIGN_OR_RETURN(ImportValue * a, call.value(is_batched ? "batch1" : "mat1"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * b, call.value(is_batched ? "batch2" : "mat2"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * added, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(const double beta, call.real("beta"));
  RHEO_ASSIGN_OR_RETURN(const double alpha, call.real("alpha"));
  const bool is_linear = is_constant_matrix(call, *b) && added->is_known() && added->ignores_batch() &&
                         is_row(call.shape_of(*added), call.shape_of(*b)[1]);
  if (is_linear) {
    RHEO_ASSIGN_OR_RETURN(ImportValue weight, call.transpose(*b, {1, 0}));
    RHEO_ASSIGN_OR_RETURN(weight, scaled(call, std::move(weight), alpha));
    RHEO_ASSIGN_OR_RETURN(ImportValue bias, call.reshape(*added, {call.shape_of(*b)[1]}));
    RHEO_ASSIGN_OR_RETURN(bias, scaled(call, std::move(bias), beta));
    return call.answer_with(OpKind::linear, {a, &weight, &bias});
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue product, product_of(call, *a, *b));
  RHEO_ASSIGN_OR_RETURN(product, scaled(call, std::move(product), alpha));
  if (beta == 0) return call.answer_result(std::move(product));
  RHEO_ASSIGN_OR_RETURN(ImportValue rest, scaled(call, *added, beta));
  return call.answer_with(OpKind::add, {&product, &rest});
}

Status lower_matmul(Call& call) {
  const std::string_view second = call.op() == "matmul" ? "other"
                                  : call.op() == "mv"   ? "vec"
                                  : call.op() == "dot"  ? "tensor"
                                                        : "mat2";
  RHEO_ASSIGN_OR_RETURN(ImportValue * a, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * b, call.value(second));
  return call.answer_result(product_of(call, *a, *b));
}

Status lower_einsum(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const std::string_view equation, call.text("equation"));
  RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue*> values, call.values("tensors"));
  for (const ImportValue* value : values) {
    if (value == nullptr) return call.refuse("multiplies nothing");
  }
  return call.answer_result(einsum_of(call, equation, values));
}

// query [.., s, d], key [.., t, d], value [.., t, e], attn_mask: bool (true may be seen) or added.
Status lower_attention(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * query, call.value("query"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * key, call.value("key"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * value, call.value("value"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * given_mask, call.value_or_null("attn_mask"));
  RHEO_ASSIGN_OR_RETURN(const bool is_causal, call.truth("is_causal"));
  RHEO_ASSIGN_OR_RETURN(const bool shares_keys, call.truth("enable_gqa"));
  RHEO_ASSIGN_OR_RETURN(const double dropout, call.real("dropout_p"));
  const Shape shape = call.shape_of(*query);
  if (shares_keys) return call.refuse("lets several heads share keys");
  if (dropout != 0) return call.refuse("drops elements as in training; export the model after eval()");
  if (shape.rank() < 3 || shape.rank() > 4) return call.refuse("attends in another form than [batch, heads, steps, d]");
  Attributes attributes = {{"causal", is_causal ? 1 : 0}};
  if (call.has("scale")) {
    RHEO_ASSIGN_OR_RETURN(const double scale, call.real("scale"));
    attributes.set("scale", scale);
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue q, with_one_head(call, *query));
  RHEO_ASSIGN_OR_RETURN(ImportValue k, with_one_head(call, *key));
  RHEO_ASSIGN_OR_RETURN(ImportValue v, with_one_head(call, *value));
  std::optional<ImportValue> mask;
  if (given_mask != nullptr) {
    mask = *given_mask;
    if (shape.rank() == 3) {
      RHEO_ASSIGN_OR_RETURN(mask.emplace(), with_one_head(call, *given_mask));
    }
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::attention, {&q, &k, &v, mask ? &*mask : nullptr}, attributes));
  if (shape.rank() == 4) return call.answer_result(std::move(y));
  const Shape result = call.shape_of(y);
  return call.answer_result(call.reshape(y, {result[0], result[2], result[3]}));
}

}  // namespace rheo::aten
