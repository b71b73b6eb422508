// Failures: which ordinals of the sets have pods that fail right away, one after the other (failure_row.h). In memory:
// the first failure after a start of the agent is the first of its row.
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/controllers/freed_ports.h"
#include "agent/controllers/statefulset/plan.h"

namespace ordinal::controllers::statefulset {

class Failures {
 public:
  /// Counts what failed since the last look at the set, and tells `seen` of every row. What is remembered is of wanted
  /// ordinals whose pods failed within the last ten minutes.
  void Look(const std::string& key, Observed& seen);
  /// Ports of the host are free: rows end whose newest pod was refused one of them. The keys of their sets.
  std::vector<std::string> EndRowsFor(const HostPorts& freed);
  /// The set is gone.
  void Forget(const std::string& key) { sets_.erase(key); }

 private:
  struct OfOrdinal {
    FailureRow row;
    std::string counted;  // uid of the newest pod in the row
    HostPorts ports;      // its own, when it was refused one of them
  };
  struct OfSet {
    std::string uid;
    std::map<int64_t, OfOrdinal> ordinals;
  };
  static void Count(const Observed& seen, const api::Pod& pod, int64_t ordinal, OfSet& known);

  std::map<std::string, OfSet> sets_;  // by key
};

}  // namespace ordinal::controllers::statefulset
