// Subjects: the service accounts and pods whose tokens count. A token outlives nobody it was made for: with the account
// or the pod it is bound to, its power goes. Any thread.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "agent/base/clock.h"

namespace ordinal::tokens {

class Subjects {
 public:
  /// It is there. `deleted` is its deletionTimestamp, by which a pod's grace is over; a minute after that its tokens
  /// end (kubernetes/pkg/serviceaccount/claims.go), however long it lingers.
  void Put(const std::string& uid, std::optional<WallTime> deleted);
  void Remove(const std::string& uid);
  /// All there is was told. Before that nobody can be taken for gone.
  void Complete();
  bool complete() const;
  /// Blocks until Complete() or GiveUp(), for some seconds at most: at the start of the agent tokens are shown before
  /// everything that is stored was looked at. Not on the thread that calls those.
  void AwaitComplete() const;
  /// Nobody waits any more.
  void GiveUp();

  bool Lives(const std::string& uid, WallTime now) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable completed_;
  bool complete_ = false, given_up_ = false;
  std::map<std::string, std::optional<WallTime>> alive_;  ///< by uid
};

}  // namespace ordinal::tokens
