// Subjects: the service accounts, pods and secrets whose tokens count. A token outlives nobody it was made for: with
// the account, the pod or the secret it is bound to, its power goes. Any thread.
#pragma once

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

  bool Lives(const std::string& uid, WallTime now) const;

 private:
  mutable std::mutex mutex_;
  bool complete_ = false;
  std::map<std::string, std::optional<WallTime>> alive_;  ///< by uid
};

}  // namespace ordinal::tokens
