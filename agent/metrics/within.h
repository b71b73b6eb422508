// Within: no more than so long is waited for an answer. Control thread.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "agent/base/clock.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"

namespace ordinal::metrics {

template <class T>
struct Awaited {
  explicit Awaited(const Executor& executor) : wake(executor) {}
  std::optional<T> value;
  std::exception_ptr failure;
  bool late = false;
  Signal wake;
};

template <class T>
Task<void> Await(std::shared_ptr<Awaited<T>> into, Task<T> task) {
  try {
    T value = co_await std::move(task);
    into->value.emplace(std::move(value));
  } catch (...) {
    into->failure = std::current_exception();
  }
  into->wake.Notify();
}

/// What `task` gives, or nothing when it takes longer than `most`: then it is asked to give up (scope.h), and what it
/// refers to outlives it. What it throws in time is thrown here. `name` is for logs.
template <class T>
Task<std::optional<T>> Within(Clock& clock, Duration most, const char* name, Task<T> task) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto awaited = std::make_shared<Awaited<T>>(executor);
  const TimerHandle timer = clock.After(most, [awaited] {
    awaited->late = true;
    awaited->wake.Notify();
  });
  Scope scope(executor);
  scope.Spawn(name, Await<T>(awaited, std::move(task)));
  while (!awaited->value && !awaited->failure && !awaited->late) co_await awaited->wake.Wait();
  if (awaited->failure) std::rethrow_exception(awaited->failure);
  co_return std::move(awaited->value);
}

}  // namespace ordinal::metrics
