// BlockingPool: a few threads for file and mount calls that may block, so the control thread never does.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "agent/base/task.h"

namespace ordinal {

class BlockingPool {
 public:
  explicit BlockingPool(size_t threads) : pool_(threads) {}
  ~BlockingPool() { pool_.join(); }

  /// Runs `fn` (returning Result<T>) on a pool thread and resumes the caller on its own executor.
  /// An exception that escapes `fn` becomes a kInternal error.
  template <class Fn>
  Task<std::invoke_result_t<Fn>> Run(Fn fn) {
    using R = std::invoke_result_t<Fn>;
    // Asio makes an empty value of what a coroutine returns; a Result has none, an optional has.
    auto result = co_await asio::co_spawn(pool_, Call<R, Fn>(std::move(fn)), asio::use_awaitable);
    co_return std::move(*result);
  }

 private:
  template <class R, class Fn>
  static Task<std::optional<R>> Call(Fn fn) {
    try {
      co_return fn();
    } catch (const std::exception& error) {
      co_return MakeError(ErrorCode::kInternal, error.what());
    }
  }

  asio::thread_pool pool_;
};

}  // namespace ordinal
