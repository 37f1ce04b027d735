// SPDX-License-Identifier: Apache-2.0
// Making an engine: mind, plans, pools. Requests are in request.cpp.
#include "engine/engine_core.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "base/checked.h"
#include "base/cpu.h"
#include "base/environment.h"
#include "base/try.h"
#include "estimate/json.h"
#include "infer/choices_json.h"
#include "kernels/kernel.h"
#include "policy/json.h"

namespace rheo {

namespace {

Status validate(const LoadOptions& options) {
  if (options.threads < 1) {
    return {StatusCode::invalid_argument,
            "LoadOptions::threads is " + std::to_string(options.threads) + "; it must be at least 1."};
  }
  for (const int batch : options.batches) {
    if (batch >= 1 && batch <= EngineCore::kMaxBatch) continue;
    return {StatusCode::invalid_argument, "LoadOptions::batches holds " + std::to_string(batch) +
                                              "; a batch is between 1 and " + std::to_string(EngineCore::kMaxBatch) +
                                              "."};
  }
  return {};
}

}  // namespace

EngineCore::EngineCore(Package package, const LoadOptions& options) : package_(std::move(package)), options_(options) {}

Result<std::shared_ptr<EngineCore>> EngineCore::create(Package package, const LoadOptions& options,
                                                       const CoreRole& role) {
  RHEO_RETURN_IF_ERROR(validate(options));
  std::shared_ptr<EngineCore> core(new EngineCore(std::move(package), options));
  const std::string cap = options.max_isa.empty() ? environment("RHEO_MAX_ISA") : options.max_isa;
  RHEO_ASSIGN_OR_RETURN(core->isa_, select_isa(cap));
  if (core->package_.ladder.size() == 0) {
    return Status(StatusCode::bad_format, "The package has no path to run: its ladder is empty. Make it again.");
  }
  core->roots_ = std::make_shared<RecordRoots>();
  core->roots_->ladder = core->package_.ladder;
  core->roots_->model = core->package_.model_hash;
  core->roots_->sizes = role.sizes;
  core->ladder_ = std::shared_ptr<const Ladder>(core->roots_, &core->roots_->ladder);
  core->certificate_status_ = core->check_certificate();
  RHEO_RETURN_IF_ERROR(core->choose_mind(options));
  core->roots_->policy = core->policy_;
  core->roots_->estimator = core->estimator_;
  RHEO_RETURN_IF_ERROR(core->make_plans(role));
  core->count_own_constants(role.common.get());
  core->describe_tensors();
  core->slots_ = std::make_shared<SlotPool>(core->outputs_);
  core->sessions_ = std::make_unique<SessionPool>(core->plans_, core->ladder_, core->inputs_.size());
  if (options.batches.size() > 1) core->plans_->hold_weights();
  for (const int batch : options.batches) RHEO_RETURN_IF_ERROR(core->prepare(batch));
  core->plans_->let_weights_go();
  return core;
}

// The certificate counts only where its numbers were made, and where the self-test has shown since that every path
// computes what it computed there: same instruction set, same libraries.
Status EngineCore::check_certificate() const {
  if (!package_.certificate && !package_.note.empty()) {
    return {StatusCode::not_certified,
            "The package has no certificate, and adapt noted why: " + package_.note +
                " Adapting again on the same inputs is one more read of them and may promise less."};
  }
  if (!package_.certificate) {
    return {StatusCode::not_certified,
            "The model has no certificate; make one with 'rheo adapt MODEL --data ... -o model.rheo'."};
  }
  const Certificate& certificate = *package_.certificate;
  if (!certificate.holds()) {
    return {StatusCode::not_certified,
            "The certificate does not hold: its bound is above its limit. Run 'rheo adapt' again."};
  }
  if (certificate.model_hash != package_.model_hash || certificate.policy != package_.policy) {
    return {StatusCode::not_certified,
            "The certificate speaks of another model or policy. Run 'rheo adapt' again for this one."};
  }
  if (!verified_on(package_, name_of(isa_), library_versions())) {
    return {StatusCode::not_certified, "Not certified here: the certificate was made with " + certificate.isa +
                                           " and " + certificate.library_versions + ", this host runs " +
                                           std::string(name_of(isa_)) + " and " + library_versions() +
                                           ". Run 'rheo verify' on the package here, or 'rheo adapt' again."};
  }
  return {};
}

Status EngineCore::choose_mind(const LoadOptions& options) {
  for (std::size_t i = 0; i < ladder_->size(); ++i) {
    fixed_.push_back(make_fixed_policy(PathId{static_cast<std::uint8_t>(i)}));
  }
  estimator_ = options.estimator;
  if (estimator_ == nullptr && !package_.estimator.empty()) {
    RHEO_ASSIGN_OR_RETURN(estimator_, estimator_from_json(package_.estimator, *ladder_));
  }
  if (estimator_ == nullptr) estimator_ = make_plain_estimator();

  policy_ = options.policy;
  if (policy_ != nullptr) return {};
  // The certificate speaks of the packaged policy with the packaged estimator, of no other pair.
  policy_is_certified_ = certificate_status_.ok() && options.estimator == nullptr;
  if (!package_.policy.empty() && (policy_is_certified_ || options.allow_uncertified)) {
    RHEO_ASSIGN_OR_RETURN(policy_, policy_from_json(package_.policy, *ladder_));
    return check_policy();
  }
  policy_ = fixed_.back();
  if (options.log) {
    const std::string why = certificate_status_.ok()
                                ? "The certificate does not cover another estimator; set allow_uncertified to use it."
                                : certificate_status_.message();
    // Nobody misses a policy where none was ever made.
    const bool was_adapted = !package_.policy.empty() || !package_.note.empty() || package_.certificate;
    options.log(was_adapted ? Severity::warning : Severity::info, "Only the reference path runs. " + why);
  }
  return {};
}

// A packaged policy that asks for margins would climb to the last rung whatever it sees.
Status EngineCore::check_policy() const {
  if (is_classifier(*package_.graph) || policy_->name() == fixed_.back()->name()) return {};
  return {StatusCode::unsupported, "The package's policy '" + std::string(policy_->name()) +
                                       "' decides by confidences, which only the answers of a classifier have. Make "
                                       "the package without it, or choose paths by LoadOptions::policy."};
}

Status EngineCore::make_plans(const CoreRole& role) {
  if (role.common != nullptr) {
    RHEO_ASSIGN_OR_RETURN(package_.graph, role.common->share(package_.graph));
  }
  PlanSetOptions plan_options;
  plan_options.common = role.common;
  plan_options.read_again = role.read_again;
  plan_options.isa = isa_;
  plan_options.threads = options_.threads;
  plan_options.arena_limit_bytes = options_.arena_limit_bytes;
  // Measured choices belong to the host they were measured on; elsewhere the planner's own order is the honest one.
  if (made_on(package_, name_of(isa_), library_versions()) && !package_.choices.empty()) {
    RHEO_ASSIGN_OR_RETURN(plan_options.choices, choices_by_plan_from_json(package_.choices));
  }
  RHEO_ASSIGN_OR_RETURN(plans_, PlanSet::create(variants_of(package_), plans_of(*ladder_), std::move(plan_options)));
  return {};
}

void EngineCore::count_own_constants(const CommonWeights* common) {
  std::set<const void*> seen;
  for (const std::shared_ptr<const Graph>& graph : plans_->graphs()) {
    for (const Value& value : graph->values()) {
      if (!value.is_constant() || !seen.insert(value.constant.data()).second) continue;
      if (common == nullptr || !common->owns(value.constant.data()))
        own_constants_bytes_ += value.constant.size_bytes();
    }
  }
}

void EngineCore::describe_tensors() {
  const Graph& graph = *package_.graph;
  for (const GraphInput& input : graph.inputs()) {
    const TensorType& type = graph.value(input.value).type;
    inputs_.push_back({input.name, type.dtype, type.shape});
  }
  const auto info = [&](std::string_view name, ValueId value) {
    const TensorType& type = graph.value(value).type;
    return TensorInfo{std::string(name), type.dtype, type.shape};
  };
  const Exit& reference = graph.exits().back();
  std::vector<TensorInfo> outputs;
  outputs.push_back(info(graph.exits().size() == 1 ? reference.name : kAnswerName, reference.value));
  for (const GraphOutput& output : graph.outputs()) outputs.push_back(info(output.name, output.value));
  outputs_ = std::make_shared<const std::vector<TensorInfo>>(std::move(outputs));
  counts_items_ = counts_items(graph);
  has_open_batch_ = has_open_batch(graph) && std::ranges::all_of(package_.smaller, [](const Variant& variant) {
                      return has_open_batch(*variant.graph);
                    });
}

Status EngineCore::prepare(int batch, int requests) {
  if (batch < 1 || batch > kMaxBatch) {
    return {StatusCode::invalid_argument, "Cannot prepare batches of " + std::to_string(batch) +
                                              "; a batch is between 1 and " + std::to_string(kMaxBatch) + "."};
  }
  if (requests < 1 || requests > kMaxRequests) {
    return {StatusCode::invalid_argument, "Cannot prepare for " + std::to_string(requests) +
                                              " requests at once; name between 1 and " + std::to_string(kMaxRequests) +
                                              "."};
  }
  RHEO_RETURN_IF_ERROR(sessions_->prepare(capacity_for(batch), requests));
  const auto at_once = static_cast<std::size_t>(requests);
  slots_->prepare(at_once, all_output_bytes({batch}));  // for run: one outcome with all rows
  slots_->prepare(at_once * static_cast<std::size_t>(batch), all_output_bytes({}));  // for run_batch: one per item
  return {};
}

int EngineCore::capacity_for(int items) const {
  if (!has_open_batch_) return 1;
  return std::min(kMaxCapacity, static_cast<int>(std::bit_ceil(static_cast<unsigned>(items))));
}

Shape EngineCore::shape_for(const TensorInfo& info, std::span<const std::uint32_t> axes, std::size_t index,
                            const Extent& extent) const {
  Shape shape = info.shape;
  if (counts_items_ || (shape.rank() > 0 && shape[0] == kDynamic)) shape[0] = extent.items;
  if (extent.length == 0 || index >= axes.size()) return shape;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if ((axes[index] >> axis & 1U) != 0) shape[axis] = extent.length;
  }
  return shape;
}

Shape EngineCore::input_shape(std::size_t index, const Extent& extent) const {
  return shape_for(inputs_[index], axes_.inputs, index, extent);
}

Shape EngineCore::output_shape(std::size_t index, const Extent& extent) const {
  return shape_for((*outputs_)[index], axes_.outputs, index, extent);
}

std::size_t EngineCore::output_bytes(std::size_t index, const Extent& extent) const {
  return static_cast<std::size_t>(output_shape(index, extent).elements()) * size_bytes((*outputs_)[index].dtype);
}

std::size_t EngineCore::all_output_bytes(const Extent& extent) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < outputs_->size(); ++i) bytes += align_up(output_bytes(i, extent), Tensor::kAlignment);
  return bytes;
}

MemoryUse EngineCore::memory() const {
  return {plans_->weights_bytes(), plans_->plans_bytes(), sessions_->frames_bytes()};
}

}  // namespace rheo
