// Caught: where an exception ends that nobody expected. Nothing of ours throws, but libraries and the language do
// (std::bad_alloc), and what one object provokes must not end the process that serves all others.
#pragma once

#include <exception>
#include <functional>
#include <utility>

#include "agent/base/task.h"

namespace ordinal {

/// The reason of an error that was made of an exception.
inline constexpr char kExceptionReason[] = "InternalError";

/// An error kInternal with kExceptionReason that says what was thrown.
Error FromException(const std::exception_ptr& failure);

/// Runs `task` to its end; what it throws becomes an error.
template <class T>
Task<Result<T>> Caught(Task<Result<T>> task) {
  std::exception_ptr failure;
  try {
    co_return co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
  co_return FromException(failure);
}

/// The same for a task that is made by a call, which may throw as well.
Task<Status> CaughtTask(std::function<Task<void>()> make);

/// The same for a call.
Status CaughtCall(const std::function<void()>& call);

}  // namespace ordinal
