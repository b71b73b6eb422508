#include "agent/base/task.h"

#include <boost/asio/redirect_error.hpp>
#include <cstdlib>
#include <exception>

#include "agent/base/log.h"
#include "agent/base/signal.h"

namespace ordinal {

std::function<void(const std::exception_ptr&)> Aborting(std::string name) {
  return [name = std::move(name)](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      log::Error("task \"{}\" ended with an exception, aborting: {}", name, error.what());
    } catch (...) {
      log::Error("task \"{}\" ended with an unknown exception, aborting", name);
    }
    std::abort();
  };
}

void Spawn(const Executor& executor, std::string name, Task<void> task) {
  asio::co_spawn(executor, std::move(task), Aborting(std::move(name)));
}

Signal::Signal(const Executor& executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

void Signal::Notify() {
  set_ = true;
  timer_.cancel();
}

Task<void> Signal::Wait() {
  while (!set_) {
    boost::system::error_code ignored;  // always "cancelled": the timer never fires
    timer_.expires_at(asio::steady_timer::time_point::max());
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
  }
  set_ = false;
}

}  // namespace ordinal
