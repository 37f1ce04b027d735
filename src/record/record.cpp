// SPDX-License-Identifier: Apache-2.0
#include <rheo/record.h>

#include <fmt/format.h>

#include <type_traits>

namespace rheo {

static_assert(std::is_trivially_destructible_v<Evidence>, "EvidenceList ends none of its items");

const Evidence& EvidenceList::best() const {
  const Evidence* best = nullptr;
  for (const Evidence& evidence : *this) {
    if (evidence.usable && (best == nullptr || evidence.agreement >= best->agreement)) best = &evidence;
  }
  return best == nullptr ? back() : *best;
}

bool EvidenceList::has(PathId path) const {
  for (const Evidence& evidence : *this) {
    if (evidence.path == path) return true;
  }
  return false;
}

bool EvidenceList::push_back(const Evidence& evidence) {
  if (count_ == kMaxPaths) return false;
  std::construct_at(items_ + count_++, evidence);
  return true;
}

void EvidenceList::update(const Complexity& complexity) {
  for (std::size_t i = 0; i < count_; ++i) {
    Evidence& evidence = items_[i];
    if (evidence.path.index < complexity.agreement.size()) {
      evidence.agreement = complexity.agreement[evidence.path.index];
    }
  }
}

void EvidenceList::explain_last(const Reason& reason) {
  if (count_ > 0) items_[count_ - 1].reason = reason;
}

std::string_view name_of(Measure measure) {
  switch (measure) {
    case Measure::fixed_path: return "fixed_path";
    case Measure::first_step: return "first_step";
    case Measure::margin: return "margin";
    case Measure::agreement: return "agreement";
    case Measure::expected_cost: return "expected_cost";
    case Measure::last_rung: return "last_rung";
    case Measure::budget: return "budget";
    case Measure::custom: return "custom";
  }
  return "unknown";
}

std::string Reason::to_string() const {
  const std::string_view sign = value >= threshold ? ">=" : "<";
  switch (measure) {
    case Measure::fixed_path:
    case Measure::first_step:
    case Measure::last_rung: return std::string(name_of(measure));
    case Measure::expected_cost:
    case Measure::budget: return fmt::format("{} {:.1f} {} {:.1f} us", name_of(measure), value, sign, threshold);
    case Measure::margin:
    case Measure::agreement:
    case Measure::custom: break;
  }
  // Two digits that round to the same number would read as a contradiction next to "<".
  const bool looks_equal = value < threshold && fmt::format("{:.2f}", value) == fmt::format("{:.2f}", threshold);
  const int digits = looks_equal ? 6 : 2;
  return fmt::format("{} {:.{}f} {} {:.{}f}", name_of(measure), value, digits, sign, threshold, digits);
}

std::int32_t RunRecord::answer() const {
  if (ladder == nullptr || path.empty()) return -1;
  for (const Evidence& step : evidence) {
    if (step.path.index < ladder->size() && ladder->name(step.path) == path) return step.answer;
  }
  return -1;
}

}  // namespace rheo
