// What a worker remembers of its pod between two looks. All of it may be lost with the agent: it is rebuilt from
// the runtime (restart counts) or simply tried again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "agent/podsync/backoff.h"

namespace ordinal::podsync {

/// Why something is not running: ends as state.waiting of a container status.
struct Waiting {
  std::string reason, message;
};

struct Retry {
  Backoff backoff{kRetryBackoff};
  WallTime not_before{};
  Waiting why;
  int held_up = 0;  ///< times in a row that a half-made predecessor still had the name
};

struct Memory {
  BackoffLimits restart_backoff = kRestartBackoff;
  std::map<std::string, Backoff> restarts;           ///< by container name
  std::map<std::string, Waiting> waiting;            ///< by container name: the last failure to start it
  std::map<std::string, Retry> retries;              ///< by container name: creation failed, try again later
  std::optional<Retry> pod_retry;                    ///< volumes or sandbox failed, try again later
  std::optional<Retry> files_retry;                  ///< the files of a running pod could not be written
  std::map<std::string, std::string> files;          ///< by volume: the version its files were written from
  std::set<std::string> stopped_sandboxes;           ///< stopped by us: their network is released
  std::map<std::string, WallTime> tidy_after;        ///< by id of a record: removing it failed, try again then
  std::set<std::string> changes_said;                ///< ids of sandboxes: that they are replaced was said
  std::map<std::string, std::string> backoffs_said;  ///< by container name: id of the ended one it was said of
  std::map<std::string, SteadyTime> pulls_said;      ///< by container name: when the pull began that was told of
  std::string failed_reason, failed_message;         ///< the pod as a whole failed ("DeadlineExceeded")
};

/// The container was not made because what its specification asks for cannot be had, and waits for a change of the pod.
inline bool WaitsForConfig(const Memory& memory, const std::string& container) {
  const auto waiting = memory.waiting.find(container);
  return waiting != memory.waiting.end() && waiting->second.reason == "CreateContainerConfigError";
}

/// The pod was not made because a volume cannot be had.
inline bool WaitsForVolume(const Memory& memory) {
  return memory.pod_retry && memory.pod_retry->why.reason == "FailedMount";
}

}  // namespace ordinal::podsync
