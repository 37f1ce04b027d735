// SPDX-License-Identifier: Apache-2.0
#include "adapt/damage.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/clock.h"
#include "base/try.h"
#include "run/frame.h"

namespace rheo {

namespace {

// Of one item: the last exit's logits.
Result<std::span<const float>> answer_to(Frame& frame, const Tensor& input, const std::stop_token& stop) {
  RunControl control;
  control.stop = stop;
  const int last = frame.plan().stage_count() - 1;
  RHEO_RETURN_IF_ERROR(frame.set_input(0, 0, input));
  RHEO_RETURN_IF_ERROR(frame.run_to(last, control));
  return frame.exit_output(last).as<float>();
}

// log of the sum of e^logit, without overflow.
double log_sum(std::span<const float> logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return largest + std::log(sum);
}

// Infinite where either holds what is no number.
double divergence(std::span<const float> reference, std::span<const float> logits) {
  const double of_reference = log_sum(reference);
  const double of_logits = log_sum(logits);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double log_p = reference[i] - of_reference;
    sum += std::exp(log_p) * (log_p - (logits[i] - of_logits));
  }
  return std::isfinite(sum) ? std::max(0.0, sum) : HUGE_VAL;
}

std::ptrdiff_t class_of(std::span<const float> logits) {
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

}  // namespace

Result<PlanPointer> trial_plan(const Workbench& bench, const Variant& variant, Precision precision) {
  std::vector<Variant> variants = bench.variants;
  std::ranges::replace_if(
      variants, [&](const Variant& other) { return other.name == variant.name; }, variant);
  const Path path{.precision = precision, .variant = variant.name};
  PlanSetOptions options;
  options.isa = bench.isa;
  options.joins = false;  // every value is looked at
  RHEO_ASSIGN_OR_RETURN(const std::shared_ptr<PlanSet> plans,
                        PlanSet::create(variants, std::span(&path, 1), std::move(options)));
  return plans->plan(path, 1);
}

Result<DamageMeter> DamageMeter::create(const PlanPointer& reference, const Dataset& data, std::vector<int> items,
                                        std::stop_token stop) {
  DamageMeter meter(data, std::move(items), std::move(stop));
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<Frame> frame, Frame::create(reference));
  Tensor input;
  for (const int item : meter.items_) {
    RHEO_RETURN_IF_ERROR(data.read_item(item, input));
    RHEO_ASSIGN_OR_RETURN(const std::span<const float> logits, answer_to(*frame, input, meter.stop_));
    meter.classes_ = logits.size();
    meter.logits_.insert(meter.logits_.end(), logits.begin(), logits.end());
  }
  return meter;
}

Result<std::vector<Damage>> DamageMeter::measure(std::span<const PlanPointer> plans, std::size_t inputs) const {
  inputs = std::min(inputs, items_.size());
  std::vector<std::unique_ptr<Frame>> frames;
  for (const PlanPointer& plan : plans) {
    RHEO_ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, Frame::create(plan));
    frames.push_back(std::move(frame));
  }
  std::vector<Damage> damages(plans.size());
  std::vector<std::vector<double>> took_us(plans.size());
  Tensor input;
  for (std::size_t i = 0; i < inputs; ++i) {
    RHEO_RETURN_IF_ERROR(data_->read_item(items_[i], input));
    const auto expected = std::span(logits_).subspan(i * classes_, classes_);
    for (std::size_t plan = 0; plan < plans.size(); ++plan) {
      const std::int64_t started = now_ns();
      RHEO_ASSIGN_OR_RETURN(const std::span<const float> logits, answer_to(*frames[plan], input, stop_));
      took_us[plan].push_back(static_cast<double>(now_ns() - started) * 1e-3);
      damages[plan].inputs += 1;
      damages[plan].disagreements += class_of(logits) != class_of(expected) ? 1 : 0;
      damages[plan].divergence += divergence(expected, logits) / static_cast<double>(inputs);
    }
  }
  for (std::size_t plan = 0; plan < plans.size() && inputs > 0; ++plan) {
    const auto middle = took_us[plan].begin() + static_cast<std::ptrdiff_t>(inputs / 2);
    std::nth_element(took_us[plan].begin(), middle, took_us[plan].end());
    damages[plan].median_us = *middle;
  }
  return damages;
}

}  // namespace rheo
