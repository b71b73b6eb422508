// FakeEvents: an event stream that a test, or FakeRuntime, feeds.
#pragma once

#include <deque>

#include "agent/base/signal.h"
#include "cri/runtime.h"

namespace ordinal::fakes {

class FakeEvents final : public cri::EventSource {
 public:
  /// Starts with kConnected, as every stream does.
  explicit FakeEvents(const Executor& control) : wake_(control) { Send(cri::RuntimeEvent{}); }

  void Send(cri::RuntimeEvent event) {
    if (muted_) return;
    waiting_.push_back(std::move(event));
    wake_.Notify();
  }

  /// Muted: events are lost, as while the stream is down.
  void Mute(bool muted) { muted_ = muted; }

  /// Ends Next() with kCancelled.
  void Stop() {
    stopped_ = true;
    wake_.Notify();
  }

  Task<Result<cri::RuntimeEvent>> Next() override {
    while (!stopped_ && waiting_.empty()) co_await wake_.Wait();
    if (stopped_) co_return MakeError(ErrorCode::kCancelled, "the event stream was stopped");
    cri::RuntimeEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    co_return event;
  }

 private:
  Signal wake_;
  bool muted_ = false;
  bool stopped_ = false;
  std::deque<cri::RuntimeEvent> waiting_;
};

}  // namespace ordinal::fakes
