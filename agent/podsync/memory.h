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
  Duration wait = Duration::max();  ///< how long before `not_before` that was decided
  Waiting why;
  int held_up = 0;  ///< times in a row that a half-made predecessor still had the name

  /// Not before `delay` from now.
  void After(Duration delay, WallTime now) {
    not_before = now + delay;
    wait = delay;
  }
  bool Waits(WallTime now) const { return StillWaits(not_before, wait, now); }
};

/// The node ends the pod as a whole, for a reason of its own.
struct NodeEnd {
  std::string reason, message;  ///< of the pod's status
  int64_t grace_seconds = 0;    ///< instead of the pod's
  bool rests = false;           ///< it runs again when the node says so, or at the next start of the agent
};

struct Memory {
  BackoffLimits restart_backoff = kRestartBackoff;
  std::map<std::string, Backoff> restarts;           ///< by container name
  std::map<std::string, Waiting> waiting;            ///< by container name: the last failure to start it
  std::map<std::string, Retry> retries;              ///< by container name: creation failed, try again later
  std::optional<Retry> pod_retry;                    ///< volumes or sandbox failed, try again later
  std::optional<Retry> files_retry;                  ///< the files of a running pod could not be written
  std::optional<Retry> resize_retry;                 ///< running containers could not be given what they are to have
  std::set<std::string> ended_to_restart;            ///< ids of containers ended to start again, whatever their policy
  std::set<std::string> ended_with_pod;              ///< ids of containers ended because their pod is over
  std::map<std::string, std::string> files;          ///< by volume: the version its files were written from
  std::set<std::string> stopped_sandboxes;           ///< stopped by us: their network is released
  std::map<std::string, WallTime> tidy_after;        ///< by id of a record: removing it failed, try again then
  std::set<std::string> changes_said;                ///< ids of sandboxes: that they are replaced was said
  std::set<std::string> starting;                    ///< ids of containers whose postStart hook has not ended
  std::map<std::string, std::string> backoffs_said;  ///< by container name: id of the ended one it was said of
  std::map<std::string, SteadyTime> pulls_said;      ///< by container name: when the pull began that was told of
  std::string resize_said;                           ///< what was said last of a resize that waits
  std::string secrets_said;                          ///< what was said last of secrets that images are pulled with
  std::string failed_reason, failed_message;         ///< the pod as a whole failed ("DeadlineExceeded")
  std::optional<NodeEnd> node_end;                   ///< the pod is being ended, or was
};

/// The container was not made because what its specification asks for cannot be had, and waits for a change of the pod.
inline bool WaitsForConfig(const Memory& memory, const std::string& container) {
  const auto waiting = memory.waiting.find(container);
  return waiting != memory.waiting.end() && waiting->second.reason == "CreateContainerConfigError";
}

/// The container was not made because its image is not there, or could not be had.
inline bool WaitsForImage(const Memory& memory, const std::string& container) {
  static const std::set<std::string> reasons{"ErrImagePull", "ImagePullBackOff", "InvalidImageName",
                                             "ErrImageNeverPull"};
  const auto waiting = memory.waiting.find(container);
  if (waiting != memory.waiting.end() && reasons.contains(waiting->second.reason)) return true;
  const auto retry = memory.retries.find(container);
  return retry != memory.retries.end() && retry->second.not_before == WallTime::max();
}

/// The node ended the pod and means to start it again.
inline bool Rests(const Memory& memory) { return memory.node_end && memory.node_end->rests; }

/// The pod was not made because a volume cannot be had.
inline bool WaitsForVolume(const Memory& memory) {
  return memory.pod_retry && memory.pod_retry->why.reason == "FailedMount";
}

}  // namespace ordinal::podsync
