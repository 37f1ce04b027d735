// SPDX-License-Identifier: Apache-2.0
// Do answers depend on company? What is promised about the reference path is worth something only if that path gives
// one answer per picture: in any batch, beside any neighbours, on one thread or two.
#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "base/try.h"
#include "demo/comparison.h"
#include "numbers/number.h"

namespace rheo::numbers {

namespace {

constexpr int kBatch = 8;

using Answers = std::vector<std::int32_t>;  // [pictures]

// Answers of all pictures, `batch` at a time in the given order.
Result<Answers> answers_of(const Engine& engine, const std::string& path, const Dataset& pictures,
                           const std::vector<std::int64_t>& order, std::size_t batch) {
  Answers answers(order.size(), -1);
  std::vector<Tensor> items(batch);
  for (std::size_t first = 0; first < order.size(); first += batch) {
    const std::size_t count = std::min(batch, order.size() - first);
    std::vector<TensorView> views;
    for (std::size_t i = 0; i < count; ++i) {
      RHEO_RETURN_IF_ERROR(pictures.read_item(order[first + i], items[i]));
      views.emplace_back(items[i]);
    }
    RHEO_ASSIGN_OR_RETURN(const std::vector<Outcome> outcomes, engine.run_batch(views, {.path = path}));
    for (std::size_t i = 0; i < count; ++i) {
      answers[static_cast<std::size_t>(order[first + i])] = demo::answer_of(outcomes[i].output(0).as<float>());
    }
  }
  return answers;
}

std::size_t unlike(const Answers& a, const Answers& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

double share(std::size_t count, const Answers& of) {
  return static_cast<double>(count) / static_cast<double>(of.size());
}

}  // namespace

Status measure_answers(const demo::Sources& sources, Numbers& numbers) {
  const std::string file = demo::package_file(sources, demo::kShipped);
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, demo::open_test(sources));
  RHEO_ASSIGN_OR_RETURN(const Engine one, Engine::load(file, {.batches = {1, kBatch}}));
  RHEO_ASSIGN_OR_RETURN(const Engine two, Engine::load(file, {.batches = {1, kBatch}, .threads = 2}));
  const std::string reference(one.ladder().name(one.ladder().reference()));
  std::vector<std::int64_t> order(static_cast<std::size_t>(pictures.size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::vector<std::int64_t> shuffled = order;
  SplitMix64 random(42);
  for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.next() % i]);

  RHEO_ASSIGN_OR_RETURN(const Answers alone, answers_of(one, reference, pictures, order, 1));
  RHEO_ASSIGN_OR_RETURN(const Answers batched, answers_of(one, reference, pictures, order, kBatch));
  RHEO_ASSIGN_OR_RETURN(const Answers other_neighbours, answers_of(one, reference, pictures, shuffled, kBatch));
  RHEO_ASSIGN_OR_RETURN(const Answers two_threads, answers_of(two, reference, pictures, order, 1));
  RHEO_ASSIGN_OR_RETURN(const Answers two_batched, answers_of(two, reference, pictures, order, kBatch));
  std::size_t disagreeing = 0;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    const bool same = batched[i] == alone[i] && other_neighbours[i] == alone[i] && two_threads[i] == alone[i] &&
                      two_batched[i] == alone[i];
    disagreeing += same ? 0 : 1;
  }
  numbers.push_back({.id = "self_disagreement",
                     .what = fmt::format("answers of the reference path unlike its own at batch 1 on one thread: {} at "
                                         "batch 8, {} beside other neighbours, {} on two threads, {} with both",
                                         unlike(batched, alone), unlike(other_neighbours, alone),
                                         unlike(two_threads, alone), unlike(two_batched, alone)),
                     .value = share(disagreeing, alone),
                     .unit = "share",
                     .at_most = 0,
                     .timed = false});

  RHEO_ASSIGN_OR_RETURN(const Answers adaptive, answers_of(one, "", pictures, order, 1));
  RHEO_ASSIGN_OR_RETURN(const Answers adaptive_batched, answers_of(one, "", pictures, order, kBatch));
  const Status certified = one.certificate_status();
  numbers.push_back({.id = "test_disagreement_b8",
                     .what = fmt::format("adaptive answers at batch 8 unlike the reference path's; {} are unlike the "
                                         "adaptive ones at batch 1",
                                         unlike(adaptive_batched, adaptive)),
                     .value = share(unlike(adaptive_batched, alone), alone),
                     .unit = "share",
                     .at_most = one.certificate() ? one.certificate()->limit_of(LossKind::disagreement) : 0,
                     .timed = false,
                     .void_because = certified.ok() ? "" : "what ships is not certified: " + certified.message()});
  return {};
}

}  // namespace rheo::numbers
