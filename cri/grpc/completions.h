// Completions: the one thread on which gRPC tells that something has been done. It waits in the kernel until then.
//
// gRPC 1.51 has callbacks of its own, on threads that wait a second at a time and then sleep a tenth of a second
// (src/cpp/common/completion_queue_cc.cc: CallbackAlternativeCQ): while all of them sleep, events and answers of the
// runtime wait for them, and an idle agent is woken for nothing.
#pragma once

#include <grpcpp/completion_queue.h>

#include <thread>

namespace ordinal::cri {

/// What an operation was begun with (gRPC's "tag"). Lives until it was told.
class Completion {
 public:
  /// Called once for each time that it was given to gRPC, on the thread of Completions. May end `this`.
  virtual void Done(bool ok) = 0;

 protected:
  ~Completion() = default;
};

class Completions {
 public:
  Completions();
  /// Waits for the thread. Nothing that was begun may be under way any more.
  ~Completions();
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  grpc::CompletionQueue& queue() { return queue_; }

 private:
  grpc::CompletionQueue queue_;
  std::thread thread_;
};

}  // namespace ordinal::cri
