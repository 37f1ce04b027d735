// SPDX-License-Identifier: Apache-2.0
#include "engine/session.h"

#include <iterator>
#include <utility>

#include "base/try.h"

namespace rheo {

Result<std::unique_ptr<Session>> Session::create(const std::shared_ptr<PlanSet>& plans, const Ladder& ladder,
                                                 int capacity, std::size_t inputs) {
  auto session = std::make_unique<Session>();
  RHEO_ASSIGN_OR_RETURN(session->steps, LiveSteps::create(plans, ladder, capacity));
  if (plans->options().threads > 1) session->pool = std::make_unique<ThreadPool>(plans->options().threads);
  const auto items = static_cast<std::size_t>(capacity);
  session->items.resize(items);
  session->active.resize(items);
  session->views.assign(inputs, std::vector<TensorView>(items));
  session->view_spans.resize(inputs);
  return session;
}

Status SessionPool::prepare(int capacity, int requests) {
  std::vector<std::unique_ptr<Session>> sessions;
  Status status;
  while (status.ok() && std::ssize(sessions) < requests) {
    Result<std::unique_ptr<Session>> session = acquire(capacity);
    status = session.status();
    if (status.ok()) sessions.push_back(std::move(*session));
  }
  for (std::unique_ptr<Session>& session : sessions) release(std::move(session));
  return status;
}

int SessionPool::prepared_capacity(int items) const {
  const std::lock_guard lock(mutex_);
  const auto found = free_.lower_bound(items);
  return found == free_.end() ? 0 : found->first;
}

Result<std::unique_ptr<Session>> SessionPool::acquire(int capacity) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = free_.find(capacity);
    if (found != free_.end() && !found->second.empty()) {
      std::unique_ptr<Session> session = std::move(found->second.back());
      found->second.pop_back();
      return session;
    }
  }
  RHEO_ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Session::create(plans_, *ladder_, capacity, inputs_));
  const std::lock_guard lock(mutex_);
  frames_bytes_ += session->steps->frames_bytes();
  free_[capacity].reserve(++made_[capacity]);  // so that giving it back never allocates
  return session;
}

void SessionPool::release(std::unique_ptr<Session> session) {
  const std::lock_guard lock(mutex_);
  free_[session->steps->capacity()].push_back(std::move(session));
}

std::size_t SessionPool::frames_bytes() const {
  const std::lock_guard lock(mutex_);
  return frames_bytes_;
}

}  // namespace rheo
