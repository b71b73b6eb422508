// Await: bridges what gRPC tells (completions.h) to coroutines. It is told on a thread of gRPC's; the coroutine goes on
// where it was, on its own executor (the control thread).
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "agent/base/task.h"

namespace ordinal::cri {

/// Called once, from any thread, with the outcome.
template <class T>
using Resume = std::function<void(T)>;

/// Suspends the caller until the Resume given to `start` was called. `start(resume, slot)` runs at once on the
/// caller's thread; when the caller is cancelled, the handler that `start` put into `slot` runs there too.
/// `start` is a named lambda, never a temporary (agent/base/task.h). The control loop must outlive the call that holds
/// the Resume (Connection's destructor waits for its calls).
template <class T, class Start>
Task<T> Await(Start start) {
  auto initiate = [start = std::move(start)](auto handler) mutable {
    using Handler = decltype(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    // The tracked executor keeps io_context::run() from returning while gRPC works.
    auto executor = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
    auto held = std::make_shared<Handler>(std::move(handler));
    start(Resume<T>([held = std::move(held), executor = std::move(executor), slot](T value) mutable {
            asio::post(executor, [held = std::move(held), value = std::move(value), slot]() mutable {
              if (slot.is_connected()) slot.clear();
              Handler resumed = std::move(*held);
              held.reset();
              std::move(resumed)(std::move(value));
            });
          }),
          slot);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(std::move(initiate),
                                                                                  asio::use_awaitable);
}

}  // namespace ordinal::cri
