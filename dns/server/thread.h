// Thread: a thread with a small stack and a name, joined on destruction.
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/base/result.h"

namespace ordinal::dns {

class Thread {
 public:
  /// Runs `body` on a new thread called `name` (15 characters at most) with every signal blocked: signals belong to
  /// the control thread. `stack_size` in bytes.
  static Result<Thread> Start(const std::string& name, size_t stack_size, std::function<void()> body);

  Thread(Thread&& other) noexcept : handle_(std::exchange(other.handle_, std::nullopt)) {}
  Thread& operator=(Thread&&) = delete;
  ~Thread() {
    if (handle_) pthread_join(*handle_, nullptr);
  }

 private:
  explicit Thread(pthread_t handle) : handle_(handle) {}
  std::optional<pthread_t> handle_;
};

}  // namespace ordinal::dns
