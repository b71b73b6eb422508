// What to do about a Deployment, decided from what is seen. Pure: objects and `now` in, actions out.
//
// A pass takes one step of a rollout; the ReplicaSet it changes brings the next one:
//
//   RollingUpdate   make the new set ─> new set larger ─> old sets smaller ─> … ─> old revisions beyond the limit go
//   Recreate        old sets to 0 ─> their pods gone ─> make the new set at full size
//   scaled          every set that has pods gets its part; no rollout step
//   paused          only scaling
//
// In a RollingUpdate the old sets shrink by what the pods of all sets can be relied upon: those that are available and,
// when nobody probes them, have settled (settling.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/ref.h"
#include "agent/controllers/deployment/rollout.h"
#include "agent/controllers/settling.h"

namespace ordinal::controllers::deployment {

struct Observed {
  api::Deployment deployment;
  api::Refs<api::ReplicaSet> sets;  ///< the deployment's own
  /// Pods of each set, by its uid, that have not ended, those on their way out included. Asked with Recreate only.
  std::map<std::string, int64_t> pods;
  /// Pods of each set that has any, by its uid. Asked with RollingUpdate while old sets have pods: of a set that is not
  /// in it all pods count that its status calls available.
  std::map<std::string, api::Refs<api::Pod>> rolling;
  Settling settling;
  ReadySince ready_since;  ///< of `rolling`
  WallTime now;
};

/// A ReplicaSet's new size and annotations; equal ones change nothing.
struct Resize {
  std::string name, uid;
  int64_t from = 0, to = 0;
  api::StringMap annotations;                ///< to set; others stay
  std::optional<int64_t> min_ready_seconds;  ///< of the current set
};

struct Plan {
  std::optional<api::Json> create;  ///< first: the set of a new template
  std::vector<Resize> resize;
  std::vector<std::string> surplus;  ///< names of sets to delete
  std::string revision;              ///< for the deployment's own annotation; empty: as it is
  api::Json status;
  std::optional<Duration> look_again;  ///< the progress deadline ends then, or a pod has settled
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::deployment
