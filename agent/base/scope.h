// Scope: coroutines that belong to somebody. Whoever started them can ask them to give up and wait until they have
// ended, so that none is left behind that refers to what is gone.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "agent/base/task.h"

namespace ordinal {

/// Whether the scope in which this runs asked its tasks to give up.
Task<bool> GivenUp();

class Scope {
 public:
  explicit Scope(Executor executor);
  /// Asks what runs to give up, and does not wait: what it refers to has to live on, or Join() comes first.
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// Starts `task`; an exception that ends it is a defect, as in ordinal::Spawn().
  void Spawn(std::string name, Task<void> task);

  /// Calls of the runtime and waits that go on now end at once with kCancelled, or as if they were over. What is begun
  /// afterwards is not cancelled: a task with several waits looks whether it is still wanted between them.
  void Cancel();

  /// How many have not ended.
  size_t running() const;

  /// Suspends until none runs. One coroutine at a time.
  Task<void> Join();

 private:
  struct State;
  static Task<void> RunOne(Task<void> task);
  std::shared_ptr<State> state_;
};

}  // namespace ordinal
