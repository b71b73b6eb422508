// A stream whose pieces a test gives one by one.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "agent/base/signal.h"
#include "agent/http/message.h"

namespace ordinal::http {

/// What a test and a stream on the control thread tell each other.
struct Script {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Result<std::string>> pieces;
  int asked = 0;
  bool closed = false, destroyed = false, cancelled = false, waiting = false, waits = false;
  bool rests = false;  // is not asked while it has nothing
  std::thread::id closed_on, destroyed_on;

  template <class Change>
  void Do(Change change) {
    const std::lock_guard lock(mutex);
    change();
    changed.notify_all();
  }
  template <class Condition>
  bool Wait(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), condition);
  }
};

class ScriptedStream final : public Stream {
 public:
  ScriptedStream(const Executor& executor, Script& script) : script_(script), wake_(executor) {}
  ~ScriptedStream() override {
    script_.Do([this] {
      script_.destroyed = true;
      script_.destroyed_on = std::this_thread::get_id();
    });
  }
  Task<Result<std::string>> Next() override {
    script_.Do([this] { ++script_.asked; });
    while (!closed_) {
      if (auto piece = TakeOne()) co_return std::move(*piece);
      co_await wake_.Wait();
    }
    script_.Do([this] { script_.cancelled = true; });
    co_return MakeError(ErrorCode::kCancelled, "closed");
  }
  void WhenReady(std::function<void()> then) override {
    if (closed_ || !Rests()) return then();
    then_ = std::move(then);
  }
  void Close() override {
    closed_ = true;
    Wake();
    script_.Do([this] {
      script_.closed = true;
      script_.closed_on = std::this_thread::get_id();
    });
  }
  bool Waits() const override { return script_.waits; }
  void Wake() {
    wake_.Notify();
    if (then_) std::exchange(then_, nullptr)();
  }

 private:
  bool Rests() {
    const std::lock_guard lock(script_.mutex);
    script_.waiting = script_.rests && script_.pieces.empty();
    script_.changed.notify_all();
    return script_.waiting;
  }
  std::optional<Result<std::string>> TakeOne() {
    const std::lock_guard lock(script_.mutex);
    if (script_.pieces.empty()) {
      script_.waiting = true;
      script_.changed.notify_all();
      return std::nullopt;
    }
    script_.waiting = false;
    auto piece = std::move(script_.pieces.front());
    script_.pieces.pop_front();
    return piece;
  }

  Script& script_;
  Signal wake_;
  std::function<void()> then_;  // of WhenReady()
  bool closed_ = false;
};

}  // namespace ordinal::http
