#include "agent/controllers/job/plan.h"

#include <algorithm>

#include "agent/api/kinds/job/labels.h"
#include "agent/base/bounded_time.h"
#include "agent/controllers/job/conditions_of_job.h"
#include "agent/controllers/job/pods.h"
#include "agent/controllers/job/policies.h"
#include "agent/controllers/job/verdict.h"
#include "agent/controllers/replicaset/rank.h"

namespace ordinal::controllers::job {
namespace {

using api::Json;
using api::Pod;

/// A plan in the making.
struct Draft {
  const Observed& seen;
  Plan& plan;
  Tally tally;
  api::Refs<Pod> active_pods;
  int64_t active = 0, ready = 0, terminating = 0;  ///< when the plan is carried out
  std::map<int64_t, const Pod*> last_failed;       ///< by index (indexes.h)
  std::optional<Verdict> verdict;
  bool managed = false;   ///< pods may come and go: the job is neither over nor going
  int64_t held_back = 0;  ///< pods that are not made as the node has no room (pod_room.h)
};

void LookAgain(Plan& plan, Duration in) { plan.look_again = std::min(plan.look_again.value_or(in), in); }

PodName NameOf(const Pod& pod) { return {pod.meta.name, pod.meta.uid}; }

void TakeAway(const Pod& pod, std::vector<PodName>& list, Draft& draft) {
  list.push_back(NameOf(pod));
  --draft.active;
  if (pod.Ready()) --draft.ready;
  ++draft.terminating;
}

int64_t WantedActive(const Draft& draft) {
  const api::Job& job = draft.seen.job;
  if (job.completions) return std::clamp<int64_t>(*job.completions - draft.tally.succeeded, 0, job.parallelism);
  // After the first success those that run are left to it.
  return draft.tally.succeeded > 0 ? draft.active : job.parallelism;
}

/// The active pods to drop: those of no use, then those that would be missed least.
std::vector<const Pod*> Surplus(const Draft& draft, int64_t at_least) {
  const std::vector<const Pod*> order = replicaset::DeletionOrder(draft.active_pods, draft.seen.now);
  std::vector<const Pod*> surplus;
  if (draft.seen.job.indexed) surplus = SurplusOfIndexes(draft.seen.job, order);
  for (const Pod* pod : order) {
    if (static_cast<int64_t>(surplus.size()) >= at_least) break;
    if (std::find(surplus.begin(), surplus.end(), pod) == surplus.end()) surplus.push_back(pod);
  }
  if (surplus.size() > kMostAtOnce) surplus.resize(kMostAtOnce);
  return surplus;
}

/// Of the indexes those whose wait is over; the shortest wait of the others is looked for again when there are none.
void CreateIndexes(int64_t count, Draft& draft) {
  const api::Job& job = draft.seen.job;
  const auto indexes =
      PendingIndexes(job, draft.seen.pods, draft.tally.succeeded_indexes, draft.tally.failed_indexes, count);
  for (const int64_t index : indexes) {
    NewPod pod{index, std::nullopt};
    if (job.backoff_limit_per_index) {
      const auto last = draft.last_failed.find(index);
      const Pod* before = last == draft.last_failed.end() ? nullptr : last->second;
      pod.failures = FailuresAfter(job, before);
      const Duration wait = before == nullptr ? Duration::zero()
                                              : Remaining(pod.failures->counted + pod.failures->ignored,
                                                          FinishedAt(*before), draft.seen.now);
      if (wait > Duration::zero()) {
        LookAgain(draft.plan, wait);
        continue;
      }
    }
    draft.plan.create.push_back(pod);
  }
}

/// A pod that the job does not select would be let go at once, and another be made, for ever.
void LeaveOutUnselected(Draft& draft) {
  const api::Job& job = draft.seen.job;
  api::StringMap labels = api::ReadStringMap(api::Member(job.pod_template(), "metadata"), "labels");
  const size_t left_out = std::erase_if(draft.plan.create, [&](const NewPod& pod) {
    if (pod.index) labels[api::kCompletionIndex] = std::to_string(*pod.index);
    return !job.selector.Matches(labels);
  });
  if (left_out == 0) return;
  draft.plan.says.push_back(
      {true, "SelectorMismatch", "No pods are made: spec.selector does not match the labels of the template"});
}

void CreateMissing(int64_t missing, Draft& draft) {
  const api::Job& job = draft.seen.job;
  const Backoff& backoff = draft.plan.backoff;
  if (!job.backoff_limit_per_index) {
    const Duration wait = Remaining(backoff.failures, backoff.last_failure, draft.seen.now);
    if (wait > Duration::zero()) return LookAgain(draft.plan, wait);
  }
  const int64_t room = PodRoom(draft.active_pods, draft.seen.pod_capacity);
  const int64_t count = std::min({missing, room, kMostAtOnce});
  draft.held_back = std::max<int64_t>(missing - room, 0);
  if (job.indexed) {
    CreateIndexes(count, draft);
  } else {
    draft.plan.create.resize(count);
  }
  LeaveOutUnselected(draft);
  draft.active += static_cast<int64_t>(draft.plan.create.size());
}

/// Pods come or go, never both in one pass.
void ManagePods(Draft& draft) {
  const api::Job& job = draft.seen.job;
  const int64_t wanted = job.suspended ? 0 : WantedActive(draft);
  for (const Pod* pod : Surplus(draft, std::max<int64_t>(draft.active - wanted, 0))) {
    TakeAway(*pod, draft.plan.drop, draft);
  }
  if (!draft.plan.drop.empty() || job.suspended) return;
  const int64_t going = job.replaces_failed_only ? draft.terminating : 0;
  const int64_t missing = wanted - draft.active - going;
  if (missing > 0) CreateMissing(missing, draft);
}

/// Notes what is over in the status and lets it go. True when there was more of it than fits one pass.
bool NoteEnded(Draft& draft) {
  const api::Job& job = draft.seen.job;
  Tally& tally = draft.tally;
  const bool failed_job = draft.verdict && !draft.verdict->success;
  for (const Pod& pod : draft.seen.pods) {
    if (!Tracked(pod)) continue;
    const bool succeeded = pod.status.phase == "Succeeded";
    const bool failed = Failed(job, pod);
    if (!job.meta.deleting() && !draft.verdict && !succeeded && !failed) continue;
    const auto index = IndexOf(job, pod);
    const auto last = index ? draft.last_failed.find(*index) : draft.last_failed.end();
    const bool over = job.meta.deleting() || draft.verdict || succeeded;
    if (!over && last != draft.last_failed.end() && last->second->meta.uid == pod.meta.uid) continue;
    if (static_cast<int64_t>(draft.plan.release.size()) >= kMostAtOnce) return true;
    draft.plan.release.push_back(NameOf(pod));
    const auto noted = [&pod](const std::vector<std::string>& uids) {
      return std::find(uids.begin(), uids.end(), pod.meta.uid) != uids.end();
    };
    if (noted(tally.uncounted_failed) || noted(tally.uncounted_succeeded) || (job.indexed && !index)) continue;
    if (succeeded) {
      if (!job.indexed) tally.uncounted_succeeded.push_back(pod.meta.uid);
    } else if ((failed || failed_job) && JudgeFailure(job, pod).counts) {
      tally.uncounted_failed.push_back(pod.meta.uid);
    }
  }
  return false;
}

Json UncountedOf(const Tally& tally) {
  Json uncounted = Json::object();
  if (!tally.uncounted_succeeded.empty()) uncounted["succeeded"] = tally.uncounted_succeeded;
  if (!tally.uncounted_failed.empty()) uncounted["failed"] = tally.uncounted_failed;
  return uncounted;
}

void PutCounts(const Draft& draft, Json& status) {
  const api::Job& job = draft.seen.job;
  const Tally& tally = draft.tally;
  const auto put = [&status](const char* member, int64_t value) {
    if (value > 0) status[member] = value;
  };
  // The reference leaves these out when they are zero, and shows the two below always.
  put("active", draft.active);
  put("succeeded", job.indexed ? tally.succeeded_indexes.Count() : tally.counted_succeeded);
  put("failed", tally.counted_failed);
  status["ready"] = draft.ready;
  status["terminating"] = draft.terminating;
  status["uncountedTerminatedPods"] = UncountedOf(tally);
  if (job.indexed && !tally.succeeded_indexes.empty()) status["completedIndexes"] = tally.succeeded_indexes.ToString();
  if (job.indexed && job.backoff_limit_per_index) status["failedIndexes"] = tally.failed_indexes.ToString();
}

void PutConditions(bool more, Draft& draft, Json& status) {
  const Observed& seen = draft.seen;
  Json conditions = api::Member(api::Member(seen.job.object.body(), "status"), "conditions");
  if (!conditions.is_array()) conditions = Json::array();
  if (draft.verdict) {
    SayVerdict(*draft.verdict, seen.now, conditions);
    const bool settled =
        !more && draft.terminating == 0 && draft.plan.release.empty() && status["uncountedTerminatedPods"].empty();
    if (settled) draft.plan.says.push_back(SayEnd(seen.job, *draft.verdict, seen.now, conditions, status));
  } else if (draft.managed) {
    const bool changed = SaySuspended(seen.job.suspended, seen.now, conditions);
    const char* word = seen.job.suspended ? "Suspended" : "Resumed";
    if (changed) draft.plan.says.push_back({false, word, seen.job.suspended ? "Job suspended" : "Job resumed"});
    // activeDeadlineSeconds is about the time since it was resumed.
    if (changed && !seen.job.suspended) status["startTime"] = FormatTime(seen.now);
  }
  SayHeldBack(draft.held_back, seen.job.parallelism, seen.pod_capacity, seen.now, conditions);
  if (!conditions.empty()) status["conditions"] = std::move(conditions);
}

Json StatusOf(bool more, Draft& draft) {
  const Json& before = api::Member(draft.seen.job.object.body(), "status");
  Json status = Json::object();
  for (const char* member : {"startTime", "completionTime"}) api::Carry(before, member, status);
  if (!status.contains("startTime") && !draft.seen.job.suspended) status["startTime"] = FormatTime(draft.seen.now);
  // One that lies ahead (the clock was set back) is now, for good: else the deadline would be as much later.
  if (draft.seen.job.start_time > draft.seen.now) status["startTime"] = FormatTime(draft.seen.now);
  PutCounts(draft, status);
  PutConditions(more, draft, status);
  return status;
}

/// The end of a job lies ahead, as the clock was set back: it is now, for good.
void EndNow(const Json& end, WallTime now, Json& status) {
  for (Json& condition : status["conditions"]) {
    if (condition == end) condition["lastTransitionTime"] = FormatTime(now);
  }
}

/// A job that is over has nothing left to do but to go in time.
void PlanFinished(const Observed& seen, const Json& end, Plan& plan) {
  plan.status = api::Member(seen.job.object.body(), "status");
  for (const Pod& pod : seen.pods) {
    if (Tracked(pod)) plan.release.push_back(NameOf(pod));
  }
  if (!seen.job.ttl_seconds_after_finished || seen.job.meta.deleting()) return;
  const WallTime ended = api::ReadTime(end, "lastTransitionTime").value_or(seen.now);
  if (ended > seen.now) EndNow(end, seen.now, plan.status);
  const Duration left = std::min(ended, seen.now) + BoundedDuration(*seen.job.ttl_seconds_after_finished) - seen.now;
  plan.remove_job = left <= Duration::zero();
  if (!plan.remove_job) LookAgain(plan, left);
}

/// The first time a job is seen its row of failures is made of all its pods that are over.
Backoff NextBackoff(const Observed& seen, const Tally& tally) {
  const std::string& uid = seen.job.meta.uid;
  if (seen.backoff.job_uid == uid) {
    return After(seen.backoff, tally.new_succeeded, tally.new_failed, seen.now);
  }
  std::vector<const Pod*> succeeded, failed;
  for (const api::Ref<Pod>& pod : seen.pods) {
    if (pod->status.phase == "Succeeded") succeeded.push_back(pod.get());
    if (Failed(seen.job, *pod)) failed.push_back(pod.get());
  }
  return After(Backoff{uid}, succeeded, failed, seen.now);
}

void SeePods(Draft& draft) {
  for (const api::Ref<Pod>& pod : draft.seen.pods) {
    if (Terminating(*pod)) ++draft.terminating;
    if (!Active(*pod)) continue;
    draft.active_pods.push_back(pod);
    ++draft.active;
    if (pod->Ready()) ++draft.ready;
  }
  draft.last_failed =
      LastFailedPods(draft.seen.job, draft.seen.pods, draft.tally.succeeded_indexes, draft.tally.failed_indexes);
}

void TrackAdopted(Draft& draft) {
  const auto dropped = [&draft](const Pod& pod) {
    return std::any_of(draft.plan.drop.begin(), draft.plan.drop.end(),
                       [&](const PodName& each) { return each.uid == pod.meta.uid; });
  };
  for (const Pod& pod : draft.active_pods) {
    if (!Tracked(pod) && !dropped(pod)) draft.plan.track.push_back(NameOf(pod));
  }
}

}  // namespace

Plan MakePlan(const Observed& seen) {
  Plan plan;
  const api::Job& job = seen.job;
  plan.status = api::Member(job.object.body(), "status");
  plan.backoff = seen.backoff;
  const bool ours = job.managed_by.empty() || job.managed_by == api::kJobController;
  if (ours && !job.meta.deleting()) {
    for (const Pod* pod : SurplusOver(seen.pods, kMostAtOnce)) plan.collect.push_back(NameOf(*pod));
  }
  if (const Json* end = job.Finished()) {
    PlanFinished(seen, *end, plan);
    return plan;
  }
  if (!ours) return plan;
  Draft draft{seen, plan, Count(seen), {}, 0, 0, 0, {}, {}, false, 0};
  SeePods(draft);
  plan.backoff = NextBackoff(seen, draft.tally);
  draft.verdict = Judge(seen, draft.tally, plan.look_again);
  if (draft.verdict) {
    for (const Pod& pod : api::Refs<Pod>(draft.active_pods)) TakeAway(pod, plan.end, draft);
  } else {
    draft.managed = !job.meta.deleting();
    if (draft.managed) ManagePods(draft);
    if (draft.managed) TrackAdopted(draft);
    draft.verdict = JudgeCompletions(seen, draft.tally, draft.active);
  }
  const bool more = NoteEnded(draft);
  plan.status = StatusOf(more, draft);
  return plan;
}

}  // namespace ordinal::controllers::job
