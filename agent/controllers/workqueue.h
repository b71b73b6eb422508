// WorkQueue: which objects need a look, by key. A key added many times is looked at once; it is never handled by
// two workers at the same moment; a failed key comes back later. An exception in a handler is that key's failure.
//
//   Add ──> ready ──> worker ──> done
//            ^  ^        │ error: 5 ms, 10 ms … 60 s
//   AddAfter ┘  └────────┘ added again meanwhile: at once
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "agent/base/clock.h"
#include "agent/base/signal.h"
#include "agent/base/task.h"

namespace ordinal::controllers {

class WorkQueue {
 public:
  /// Handles one key. An error makes the queue come back to the key with exponential backoff; success forgets
  /// earlier failures, and so does the refusal of a namespace that is being deleted: it takes nothing any more.
  using Handler = std::function<Task<Status>(std::string key)>;
  /// Hears that the handler of a key ended with an exception, which became `error`; the queue logs it and comes back.
  using ExceptionHandler = std::function<void(const std::string& key, const Error& error)>;

  static constexpr Duration kFirstBackoff = std::chrono::milliseconds(5);
  static constexpr Duration kLongestBackoff = std::chrono::seconds(60);

  /// `name` is for logs. Up to `workers` different keys are handled at once, which lets their writes share one
  /// commit of the store.
  WorkQueue(Executor executor, Clock& clock, std::string name, size_t workers = 8);
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// The key is handled as soon as a worker is free; if it is being handled now, once more afterwards.
  void Add(const std::string& key);
  /// The same, `delay` from now. Of several delays of one key the earliest counts.
  void AddAfter(const std::string& key, Duration delay);

  /// Hands keys to `handler` for ever. Called once. Keys may be added before.
  Task<void> Run(Handler handler);
  /// Who tells the object's owner (failed_pass.h). Set before Run().
  void OnException(ExceptionHandler handler) { on_exception_ = std::move(handler); }

  /// No key is ready or being handled (keys waiting for their time do not count).
  bool Idle() const { return ready_.empty() && running_.empty(); }

 private:
  struct Delayed {
    SteadyTime due;
    TimerHandle timer;
  };

  Task<void> Work(std::string key);
  Task<Status> Handle(std::string key);
  void Retry(const std::string& key, const Error& error);

  Executor executor_;
  Clock& clock_;
  std::string name_;
  size_t workers_;
  Handler handler_;
  ExceptionHandler on_exception_;
  Signal changed_;
  std::deque<std::string> ready_;  // in the order of arrival
  std::set<std::string> queued_;   // what ready_ holds
  std::set<std::string> running_;
  std::set<std::string> again_;  // added while running
  std::map<std::string, Delayed> delayed_;
  std::map<std::string, int> failures_;
};

}  // namespace ordinal::controllers
