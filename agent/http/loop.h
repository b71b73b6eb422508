// Loop: the HTTP thread and its event loop, and how the control thread reaches it.
#pragma once

#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "agent/base/loops.h"
#include "agent/base/signal.h"
#include "agent/base/task.h"

namespace ordinal::http {

/// Held by a shared pointer: answers that come from the control thread after the end still find it.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { Join(); }

  asio::io_context& io() { return io_; }
  Executor executor() { return io_.get_executor(); }

  /// `descriptors`: of how many connections a crowd may be.
  void Start(size_t descriptors) {
    thread_ = std::thread([this, descriptors] {
      MakeRoomForDescriptors(descriptors);
      RunWhole(io_);
    });
  }

  /// Runs `fn` on the HTTP thread; drops it when the loop is ending. From any thread.
  template <class Fn>
  void Post(Fn fn) {
    const std::lock_guard lock(mutex_);
    if (!ending_) asio::post(io_, std::move(fn));
  }

  /// Runs `last` on the HTTP thread and takes nothing more from others. The thread ends with the last coroutine.
  template <class Fn>
  void End(Fn last) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ending_, true) || !thread_.joinable()) return;
    asio::post(io_, std::move(last));
    work_.reset();
  }

  /// Waits for the thread. Never from itself.
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  /// Asio keeps the state of every descriptor it ever had, in a pool. Made one by one in a crowd of connections, among
  /// all that a crowd takes, each would hold a page of the heap for ever. So there are some beforehand, side by side.
  /// Takes 10 ms for a thousand.
  void MakeRoomForDescriptors(size_t count);

  asio::io_context io_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{asio::make_work_guard(io_)};
  std::mutex mutex_;
  bool ending_ = false;
  std::thread thread_;
};

/// One value that the control thread will send. Used on the HTTP thread only: the sender posts Put().
template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::shared_ptr<Loop> loop) : loop_(std::move(loop)), filled_(loop_->executor()) {}

  void Put(T value) {
    value_.emplace(std::move(value));
    filled_.Notify();
  }
  /// The receiver waits no longer; Take() has nothing, unless the value came before.
  void Abandon() { filled_.Notify(); }

  Task<std::optional<T>> Take() {
    co_await filled_.Wait();
    co_return std::exchange(value_, std::nullopt);
  }

 private:
  std::shared_ptr<Loop> loop_;  // first, so that it is gone last: the signal belongs to it
  Signal filled_;
  std::optional<T> value_;
};

}  // namespace ordinal::http
