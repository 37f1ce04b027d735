// SPDX-License-Identifier: Apache-2.0
#include <rheo/certificate.h>

#include <algorithm>

#include <fmt/format.h>

namespace rheo {
namespace {

std::string words_for(const CertifiedRisk& risk, std::int64_t inputs) {
  if (risk.loss == LossKind::disagreement) {
    return fmt::format(
        "at most {:.2f} % disagreement with the reference path was promised, and {} losses in {} inputs "
        "bound it by {:.2f} %",
        100 * risk.limit, risk.losses, inputs, 100 * risk.bound);
  }
  return fmt::format(
      "at most {:.2f} % accuracy drop against the reference path was promised, and {} losses less {} gains in "
      "{} inputs bound it by {:.2f} %",
      100 * risk.limit, risk.losses, risk.gains, inputs, 100 * risk.bound);
}

}  // namespace

std::string_view name_of(LossKind kind) {
  switch (kind) {
    case LossKind::disagreement: return "disagreement";
    case LossKind::accuracy_drop: return "accuracy_drop";
  }
  return "unknown";
}

bool Certificate::holds() const {
  return inputs > 0 && !promises.empty() &&
         std::all_of(promises.begin(), promises.end(), [](const CertifiedRisk& risk) { return risk.holds(); });
}

const CertifiedRisk* Certificate::find(LossKind loss) const {
  const auto found =
      std::find_if(promises.begin(), promises.end(), [loss](const CertifiedRisk& risk) { return risk.loss == loss; });
  return found == promises.end() ? nullptr : &*found;
}

double Certificate::limit_of(LossKind loss) const {
  double limit = 1;
  for (const CertifiedRisk& risk : promises) {
    if (risk.loss == loss || risk.loss == LossKind::disagreement) limit = std::min(limit, risk.limit);
  }
  return limit;
}

std::string Certificate::to_string() const {
  if (inputs <= 0 || promises.empty()) return "No certificate: nothing was certified.";
  std::string text = fmt::format("{} at {:.1f} % confidence: ", holds() ? "Holds" : "Does not hold", 100 * confidence);
  for (const CertifiedRisk& risk : promises) {
    text += words_for(risk, inputs) + (&risk == &promises.back() ? "" : "; ");
  }
  return text + (read > 1 ? fmt::format("; read {} of its data.", read) : ".");
}

}  // namespace rheo
