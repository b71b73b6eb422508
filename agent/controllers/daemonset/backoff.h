// Backoff: for how long the failed pods of DaemonSets are left where they are, so that pods that fail right away are
// not made and deleted without end (Kubernetes: pkg/controller/daemon, failedPodsBackoff):
//
//   failed, deleted ── failed, 1 s, deleted ── failed, 2 s, deleted ── … 15 min
//
// A changed set begins anew, and so does one that had no failed pod for twice the longest wait. In memory.
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <map>
#include <string>

#include "agent/base/clock.h"

namespace ordinal::controllers::daemonset {

class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::seconds(1);
  static constexpr Duration kLongest = std::chrono::minutes(15);

  /// What is left to wait; zero or more. `what`: uid and generation of the set.
  Duration Left(const std::string& key, const std::string& what, SteadyTime now) const;
  /// A failed pod is deleted now.
  void Deleted(const std::string& key, const std::string& what, SteadyTime now);
  /// The set is gone.
  void Forget(const std::string& key) { rows_.erase(key); }

 private:
  struct Row {
    std::string what;
    SteadyTime since;
    Duration wait;
  };
  std::map<std::string, Row> rows_;  // by key
};

}  // namespace ordinal::controllers::daemonset
