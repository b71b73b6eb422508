// What to do about a Job, decided from what is seen. Pure: objects, what is remembered of failures, and `now` in;
// actions out. (pkg/controller/job/job_controller.go)
//
// The actions are carried out in this order, and each pass begins anew with what the store holds then, so that a pass
// that was cut off anywhere is repeated without harm:
//
//   end      delete the active pods of a job that is over     they are counted, or not, by the next lines
//   drop     finalizer off, then delete: pods too many         they count for nothing
//   create   new pods, with the finalizer
//   status   counts, uncounted pods, indexes, conditions       what is released below stands in it
//   release  finalizer off                                     the next pass counts them
//   collect  the oldest of many that are over and counted      the status has what became of them
//
// A job ends in two steps: SuccessCriteriaMet or FailureTarget when it is decided, Complete or Failed when no pod of it
// is going or waits to be counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/job/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/job/backoff.h"
#include "agent/controllers/job/indexes.h"
#include "agent/controllers/pod_room.h"

namespace ordinal::controllers::job {

/// At most so many pods are created, deleted or counted in one pass (MaxPodCreateDeletePerSync, MaxUncountedPods).
inline constexpr int64_t kMostAtOnce = 500;

struct Observed {
  api::Job job;
  api::Refs<api::Pod> pods;  ///< the job's own, whatever has become of them
  WallTime now;
  Backoff backoff = {};
  int64_t pod_capacity = kDefaultPodCapacity;  ///< what the node takes
};

struct PodName {
  std::string name, uid;
};

struct NewPod {
  std::optional<int64_t> index;
  std::optional<IndexFailures> failures;  ///< with backoffLimitPerIndex
};

/// What is said of the job once its status is written.
struct Saying {
  bool warning = false;
  std::string reason, message;
};

struct Plan {
  std::vector<PodName> end, drop;
  std::vector<PodName> track;  ///< active pods without the finalizer: they were adopted
  std::vector<NewPod> create;
  api::Json status;  ///< as it is when all of these succeed
  std::vector<PodName> release, collect;
  bool remove_job = false;  ///< its time after the end is over
  std::vector<Saying> says;
  std::optional<Duration> look_again;
  Backoff backoff;  ///< to remember once the status is written
};
/// Nothing at all for a job that somebody else manages.
Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::job
