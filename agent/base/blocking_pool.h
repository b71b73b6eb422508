// BlockingPool: a few threads for file and mount calls that may block, so the control thread never does.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "agent/base/task.h"

namespace ordinal {

class BlockingPool {
 public:
  explicit BlockingPool(size_t threads) : pool_(threads) {}
  ~BlockingPool() { pool_.join(); }

  /// Runs `fn` (returning Result<T>) on a pool thread and resumes the caller on its own executor.
  /// An exception that escapes `fn` becomes a kInternal error. Not cancelled with its caller (scope.h): what is done to
  /// a disk is done to its end.
  template <class Fn>
  Task<std::invoke_result_t<Fn>> Run(Fn fn) {
    using R = std::invoke_result_t<Fn>;
    auto initiate = [this, fn = std::move(fn)](auto handler) mutable {
      using Handler = decltype(handler);
      // The tracked executor keeps io_context::run() from returning while the pool works.
      auto executor = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
      auto held = std::make_shared<Handler>(std::move(handler));
      asio::post(pool_, [fn = std::move(fn), held = std::move(held), executor = std::move(executor)]() mutable {
        auto result = std::make_shared<R>(Call<R>(fn));
        asio::post(executor, [held = std::move(held), result = std::move(result)]() mutable {
          Handler resumed = std::move(*held);
          held.reset();
          std::move(resumed)(std::move(result));
        });
      });
    };
    // Asio makes an empty value of what it resumes with; a Result has none, a pointer has.
    auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::shared_ptr<R>)>(
        std::move(initiate), asio::use_awaitable);
    co_return std::move(*result);
  }

 private:
  template <class R, class Fn>
  static R Call(Fn& fn) {
    try {
      return fn();
    } catch (const std::exception& error) {
      return MakeError(ErrorCode::kInternal, error.what());
    }
  }

  asio::thread_pool pool_;
};

}  // namespace ordinal
