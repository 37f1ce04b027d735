// SPDX-License-Identifier: Apache-2.0
#include <rheo/certificate.h>

#include <fmt/format.h>

namespace rheo {
namespace {

std::string_view words_for(LossKind loss) {
  return loss == LossKind::disagreement ? "disagreement with the reference path"
                                        : "accuracy drop against the reference path";
}

}  // namespace

std::string_view name_of(LossKind kind) {
  switch (kind) {
    case LossKind::disagreement: return "disagreement";
    case LossKind::accuracy_drop: return "accuracy_drop";
  }
  return "unknown";
}

std::string Certificate::to_string() const {
  if (inputs <= 0) return "No certificate: nothing was certified.";
  return fmt::format(
      "{}: at most {:.2f} % {} was promised at {:.1f} % confidence; {} losses in {} inputs bound it by {:.2f} %.",
      holds() ? "Holds" : "Does not hold", 100 * limit, words_for(loss), 100 * confidence, losses, inputs, 100 * bound);
}

}  // namespace rheo
