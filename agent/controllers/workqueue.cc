#include "agent/controllers/workqueue.h"

#include <algorithm>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::controllers {

WorkQueue::WorkQueue(Executor executor, Clock& clock, std::string name, size_t workers)
    : executor_(std::move(executor)), clock_(clock), name_(std::move(name)), workers_(workers), changed_(executor_) {}

void WorkQueue::Add(const std::string& key) {
  if (running_.contains(key)) {
    again_.insert(key);
    return;
  }
  if (!queued_.insert(key).second) return;
  ready_.push_back(key);
  changed_.Notify();
}

void WorkQueue::AddAfter(const std::string& key, Duration delay) {
  const SteadyTime due = clock_.Steady() + delay;
  const auto found = delayed_.find(key);
  if (found != delayed_.end() && found->second.due <= due) return;
  TimerHandle timer = clock_.After(delay, [this, key] {
    // Held until this call returns: dropping the handle would destroy the function that is running.
    const auto mine = delayed_.extract(key);
    Add(key);
  });
  delayed_.insert_or_assign(key, Delayed{due, std::move(timer)});
}

Task<void> WorkQueue::Run(Handler handler) {
  handler_ = std::move(handler);
  for (;;) {
    while (!ready_.empty() && running_.size() < workers_) {
      std::string key = std::move(ready_.front());
      ready_.pop_front();
      queued_.erase(key);
      running_.insert(key);
      Spawn(executor_, name_, Work(std::move(key)));
    }
    co_await changed_.Wait();
  }
}

Task<Status> WorkQueue::Handle(std::string key) { co_return co_await handler_(std::move(key)); }

Task<void> WorkQueue::Work(std::string key) {
  const Status status = co_await Caught(Handle(key));
  running_.erase(key);
  const bool in_vain = !status.ok() && objects::InEndingNamespace(status.error());
  if (in_vain) log::Debug("{}: {}: {}", name_, key, status.error().message);
  if (status.ok() || in_vain) {
    failures_.erase(key);
  } else {
    Retry(key, status.error());
  }
  if (again_.erase(key) > 0) Add(key);
  changed_.Notify();
}

void WorkQueue::Retry(const std::string& key, const Error& error) {
  const int failures = failures_[key]++;
  // 5 ms × 2^14 is beyond the longest backoff; the bound keeps the shift defined.
  const Duration delay = std::min<Duration>(kFirstBackoff * (1LL << std::min(failures, 14)), kLongestBackoff);
  const double seconds = std::chrono::duration<double>(delay).count();
  AddAfter(key, delay);
  if (error.reason == kExceptionReason && on_exception_) {
    const Status told = CaughtCall([&] { on_exception_(key, error); });
    if (!told.ok()) log::Error("{}: {}: telling of an exception {}", name_, key, told.error().message);
  }
  // A conflict only says that somebody else wrote first: the next look at the object settles it.
  if (error.code == ErrorCode::kConflict) {
    log::Debug("{}: {}: {}, again in {} s", name_, key, error.message, seconds);
  } else {
    log::Warning("{}: {}: {}, again in {} s", name_, key, error.message, seconds);
  }
}

}  // namespace ordinal::controllers
