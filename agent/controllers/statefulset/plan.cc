#include "agent/controllers/statefulset/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/ordinal_claims.h"
#include "agent/controllers/statefulset/pod_template.h"
#include "agent/controllers/statefulset/retention.h"
#include "agent/controllers/statefulset/rollout.h"
#include "agent/controllers/statefulset/status.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Pod;

/// One pass over a set. Steps return false when the pass must end there.
class Pass {
 public:
  explicit Pass(const Observed& seen) : seen_(seen), set_(seen.set) {
    for (const Pod& pod : seen.pods) {
      const auto ordinal = OrdinalOf(set_, pod.meta.name);
      if (ordinal) (Wanted(set_, *ordinal) ? replicas_ : condemned_)[*ordinal] = &pod;
    }
    ordered_ = set_.pod_management_policy != "Parallel";
    missing_ = set_.replicas - static_cast<int64_t>(replicas_.size());
    room_ = PodRoom(seen.pods, seen.pod_capacity);
    may_create_ = std::min(room_, kBurst);
  }

  Plan Run() {
    plan_.revisions = ResolveRevisions(set_, seen_.revisions);
    if (set_.meta.deleting()) {
      // What is left of a set on its way out is its status; its pods go with it.
      plan_.revisions.create.reset();
      plan_.revisions.renumber.reset();
      plan_.status = CountStatus(seen_, set_.current_revision, set_.update_revision);
      return std::move(plan_);
    }
    unsettled_ = UnsettledPods();
    plan_.claim_owners = ClaimOwnersToSet(seen_);
    plan_.grow_claims = ClaimsToGrow(seen_);
    if (KeepReplicas() && RemoveCondemned()) UpdateOutdated();
    RestoreClaims();
    plan_.surplus_revisions = SurplusRevisions(set_, seen_.revisions, LiveRevisions());
    plan_.status = CountStatus(seen_, plan_.revisions.current, plan_.revisions.update);
    Say();
    return std::move(plan_);
  }

 private:
  bool IsAvailable(const Pod& pod) const {
    return Available(pod, set_.min_ready_seconds, seen_.now, seen_.ready_since);
  }

  bool KeepReplicas() {
    auto next = replicas_.begin();
    for (int64_t ordinal = set_.start_ordinal; ordinal < set_.start_ordinal + set_.replicas; ++ordinal) {
      const bool there = next != replicas_.end() && next->first == ordinal;
      if (!there && may_create_ <= 0) {
        if (ordered_ || next == replicas_.end()) return !ordered_;
        ordinal = next->first - 1;  // nothing more is created: on to the next one that is there
        continue;
      }
      const bool settled = there ? Keep(ordinal, *next->second) : Create(ordinal);
      if (there) ++next;
      if (ordered_ && !settled) return false;
    }
    return true;
  }

  /// Always false: a pod that is only just created is not ready.
  bool Create(int64_t ordinal) {
    const std::string name = PodName(set_.meta.name, ordinal);
    if (seen_.taken.contains(name)) {
      waits_.push_back(WaitForName(name, seen_.now));
      return false;
    }
    for (const api::Json& claim : BuildClaims(set_, ordinal)) {
      const auto found = seen_.claims.find(NameOf(claim));
      if (found != seen_.claims.end() && LeavingClaim(found->second->meta, name)) {
        waits_.push_back(WaitForClaim(name, found->second->meta, seen_.now));
        return false;
      }
    }
    const Origin origin = OriginOf(set_, plan_.revisions, ordinal);
    CreatePod action{ordinal, MissingClaims(seen_, ordinal), std::nullopt};
    action.pod = BuildPod(set_, origin.pod_template, origin.revision, ordinal);
    plan_.pods.push_back(std::move(action));
    --may_create_;
    moving_ = true;
    return false;
  }

  bool Keep(int64_t ordinal, const Pod& pod) {
    if (!pod.deleting() && pod.Terminal()) {
      if (!BacksOff(ordinal, pod)) Recreate(pod);
      return false;
    }
    if (pod.deleting()) {
      waits_.push_back(WaitForPod(pod, seen_.now));
      return false;
    }
    if (Outdated(set_, plan_.revisions, ordinal, pod) && !RunningAndReady(pod)) {
      Delete(pod);
      return false;
    }
    Repair(ordinal, pod);
    if (IsAvailable(pod)) return true;
    waits_.push_back(WaitForPod(pod, seen_.now));
    return false;
  }

  /// The first one that fails is made again at once; so is one of a revision that its ordinal does not belong to.
  bool BacksOff(int64_t ordinal, const Pod& pod) {
    const auto found = seen_.failures.find(ordinal);
    if (found == seen_.failures.end() || pod.status.phase != "Failed") return false;
    if (RevisionOf(pod) != OriginOf(set_, plan_.revisions, ordinal).revision) return false;
    const FailureRow& row = found->second;
    const Duration wait = StillToWait(row, row.lasted ? row.failures : row.failures - 1, seen_.now);
    if (wait <= Duration::zero()) return false;
    waits_.push_back(WaitForBackOff(pod, seen_.now + wait, seen_.now));
    LookAgainIn(wait);
    return true;
  }

  void Delete(const Pod& pod) {
    plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid, events::Severity::kNormal, "", ""});
    leaving_.insert(&pod);
    moving_ = true;
  }

  void Recreate(const Pod& pod) {
    const bool failed = pod.status.phase == "Failed";
    plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid,
                                   failed ? events::Severity::kWarning : events::Severity::kNormal,
                                   failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                                   fmt::format("StatefulSet {}/{} is recreating {} Pod {}", set_.meta.ns,
                                               set_.meta.name, failed ? "failed" : "terminated", pod.meta.name)});
    leaving_.insert(&pod);
    moving_ = true;
  }

  void Repair(int64_t ordinal, const Pod& pod) {
    api::StringMap labels = IdentityLabels(pod.meta.name, ordinal);
    for (const auto& [label, value] : labels) {
      const auto found = pod.meta.labels.find(label);
      if (found != pod.meta.labels.end() && found->second == value) continue;
      plan_.pods.push_back(RepairPod{pod.meta.name, pod.meta.uid, std::move(labels)});
      return;
    }
  }

  bool RemoveCondemned() {
    const Pod* first = FirstUnavailable();
    for (auto at = condemned_.rbegin(); at != condemned_.rend(); ++at) {
      const Pod& pod = *at->second;
      if (pod.deleting()) {
        waits_.push_back(WaitForPod(pod, seen_.now));
        if (ordered_) return false;
        continue;
      }
      const bool may_go = pod.Terminal() || &pod == first || IsAvailable(pod);
      if (ordered_ && !may_go) {
        waits_.push_back(WaitForPod(first == nullptr ? pod : *first, seen_.now));
        return false;
      }
      Delete(pod);
      if (ordered_) return false;
    }
    return true;
  }

  /// The one pod that others wait for. An excess pod that has ended is not among them: nothing will make it healthy,
  /// and waiting for it would be for ever.
  const Pod* FirstUnavailable() const {
    const auto unavailable = [&](const Pod& pod) { return pod.deleting() || !IsAvailable(pod); };
    for (const auto& [ordinal, pod] : replicas_) {
      if (unavailable(*pod)) return pod;
    }
    for (const auto& [ordinal, pod] : condemned_) {
      if (unavailable(*pod) && !pod->Terminal()) return pod;
    }
    return nullptr;
  }

  /// Pods of an old revision that are not ready were dealt with as the ordinals were kept.
  void UpdateOutdated() {
    AwaitSettling();
    for (const Pod* pod : DueForUpdate(set_, plan_.revisions, replicas_, unsettled_, seen_.now, seen_.ready_since)) {
      if (!seen_.images) {
        plan_.needs_images = true;
        moving_ = true;
      } else if (seen_.images->phase == ImageState::Phase::kReady) {
        Delete(*pod);
      } else {
        waits_.push_back(WaitForImages(*pod, plan_.revisions.update, *seen_.images, seen_.now));
        if (seen_.images->look_again) LookAgainIn(*seen_.images->look_again);
        return;
      }
    }
  }

  std::map<std::string, Duration> UnsettledPods() const {
    std::vector<const Pod*> updated;
    for (const Pod& pod : seen_.pods) {
      if (RevisionOf(pod) == plan_.revisions.update) updated.push_back(&pod);
    }
    return Unsettled(updated, seen_.settling, seen_.ready_since, seen_.now);
  }

  /// Only while something is left to update: nothing else waits for a pod to settle.
  void AwaitSettling() {
    const bool left = std::any_of(replicas_.begin(), replicas_.end(), [&](const auto& each) {
      return BeyondPartition(set_, each.first) && Outdated(set_, plan_.revisions, each.first, *each.second);
    });
    if (!left) return;
    for (const auto& [ordinal, pod] : replicas_) {
      const auto found = unsettled_.find(pod->meta.uid);
      if (found == unsettled_.end() || pod->deleting()) continue;
      waits_.push_back(WaitForSettling(*pod));
      LookAgainIn(found->second);
    }
  }

  /// A claim that is missing under a pod, lost or of a new template, is made whatever the order of ordinals: the pod is
  /// there, and may be waiting for nothing else.
  void RestoreClaims() {
    for (const auto& [ordinal, pod] : replicas_) {
      if (pod->deleting() || leaving_.contains(pod)) continue;
      if (auto claims = MissingClaims(seen_, ordinal); !claims.empty()) {
        plan_.pods.push_back(CreatePod{ordinal, std::move(claims), std::nullopt});
      }
    }
  }

  void Say() {
    api::Json conditions = api::Member(api::Member(set_.object.body(), "status"), "conditions");
    SayProgress(waits_, moving_, seen_.now, conditions);
    // In order the missing ones wait for those before them, as long as there is room for one.
    const int64_t held_back = ordered_ && room_ > 0 ? 0 : missing_ - room_;
    SayHeldBack(held_back, set_.replicas, seen_.pod_capacity, seen_.now, conditions);
    if (!conditions.empty()) plan_.status["conditions"] = std::move(conditions);
    if (const Wait* wait = InTheWay(waits_, seen_.now)) plan_.in_the_way = *wait;
    if (const auto next = NextInTheWay(waits_, seen_.now)) LookAgainIn(*next);
    for (const Pod& pod : seen_.pods) {
      const auto in = AvailableIn(pod, set_.min_ready_seconds, seen_.now, seen_.ready_since);
      if (in && *in > Duration::zero()) LookAgainIn(*in);
    }
  }

  void LookAgainIn(Duration delay) { plan_.look_again = std::min(plan_.look_again.value_or(delay), delay); }

  std::vector<std::string> LiveRevisions() const {
    std::vector<std::string> live{plan_.revisions.current, plan_.revisions.update};
    for (const Pod& pod : seen_.pods) live.push_back(RevisionOf(pod));
    return live;
  }

  const Observed& seen_;
  const api::StatefulSet& set_;
  std::map<int64_t, const Pod*> replicas_, condemned_;
  bool ordered_ = true;
  int64_t missing_ = 0, room_ = 0, may_create_ = 0;  // wanted pods that are not there, and how many may be made
  bool moving_ = false;                              // pods are created or deleted in this pass
  std::vector<Wait> waits_;
  std::set<const Pod*> leaving_;               // deleted in this pass
  std::map<std::string, Duration> unsettled_;  // how long until the update may go on from them, by uid
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Observed& seen) { return Pass(seen).Run(); }

}  // namespace ordinal::controllers::statefulset
