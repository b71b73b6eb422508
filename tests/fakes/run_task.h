// RunTask: runs a coroutine to its end on an io_context, from a test. Everything else on that io_context runs too.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "agent/api/resting.h"
#include "agent/base/task.h"

namespace ordinal {

/// Far beyond what any test waits for: it only turns a hang into a failure.
inline constexpr std::chrono::seconds kTestDeadline{20};

/// Between any two handlers every document that nobody holds comes to rest (agent/api/resting.h): who keeps a reference
/// into one too long is found by the first test with a sanitizer. Where thousands are awake, a look at all of them
/// comes less often, so that a handler costs the same whatever their number.
inline void RestDocuments() {
  constexpr size_t kLooksAHandler = 256;
  static thread_local size_t passes = 0;
  if (passes > 0) {
    --passes;
    return;
  }
  api::Resting::Look();
  passes = api::Resting::Look() / kLooksAHandler;
}

/// Runs `io` until `done()` holds; false when it does not within `limit`. Asked after every handler.
template <class Condition>
bool RunUntil(asio::io_context& io, Condition done, std::chrono::nanoseconds limit = kTestDeadline) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const auto work = asio::make_work_guard(io);  // other threads may still post
  if (io.stopped()) io.restart();
  while (!done()) {
    RestDocuments();
    if (io.run_one_until(deadline) == 0 && std::chrono::steady_clock::now() >= deadline) return done();
  }
  return true;
}

/// Runs everything that is ready, and what that makes ready, without waiting for anything.
inline void RunReady(asio::io_context& io) {
  io.restart();
  while (io.poll_one() > 0) RestDocuments();
}

/// The task's result. Throws what the task threw, and std::runtime_error when it has not ended after `limit`.
template <class T>
T RunTask(asio::io_context& io, Task<T> task, std::chrono::nanoseconds limit = kTestDeadline) {
  using Held = std::conditional_t<std::is_void_v<T>, bool, T>;
  struct State {
    std::optional<Held> value;
    std::exception_ptr failure;
    bool ended = false;
  };
  // Shared with the task, which outlives this call when it hangs.
  auto state = std::make_shared<State>();
  const auto run = [](std::shared_ptr<State> out, Task<T> inner) -> Task<void> {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(inner);
      out->value.emplace(true);
    } else {
      out->value.emplace(co_await std::move(inner));
    }
  };
  asio::co_spawn(io, run(state, std::move(task)), [state](std::exception_ptr failure) {
    state->failure = std::move(failure);
    state->ended = true;
  });
  if (!RunUntil(
          io, [&] { return state->ended; }, limit)) {
    throw std::runtime_error("RunTask: the task did not end in time");
  }
  if (state->failure) std::rethrow_exception(state->failure);
  if constexpr (!std::is_void_v<T>) return std::move(*state->value);
}

}  // namespace ordinal
