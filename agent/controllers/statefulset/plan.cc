#include "agent/controllers/statefulset/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/pod_template.h"
#include "agent/controllers/statefulset/retention.h"
#include "agent/controllers/statefulset/status.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Pod;

/// spec.updateStrategy.rollingUpdate.maxUnavailable: a number, or a percentage of the replicas rounded down; at
/// least 1.
int64_t MaxUnavailable(const api::StatefulSet& set) {
  if (!set.max_unavailable) return 1;
  const std::string& text = *set.max_unavailable;
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.ends_with('%')) value = set.replicas * value / 100;
  return std::max<int64_t>(value, 1);
}

/// One pass over a set. Steps return false when the pass must end there.
class Pass {
 public:
  explicit Pass(const Observed& seen) : seen_(seen), set_(seen.set) {
    for (const Pod& pod : seen.pods) {
      const auto ordinal = OrdinalOf(set_, pod.meta.name);
      if (ordinal) (Wanted(set_, *ordinal) ? replicas_ : condemned_)[*ordinal] = &pod;
    }
    ordered_ = set_.pod_management_policy != "Parallel";
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
    plan_.claim_owners = ClaimOwnersToSet(seen_);
    if (KeepReplicas() && RemoveCondemned()) UpdateOutdated();
    LookAgain();
    plan_.surplus_revisions = SurplusRevisions(set_, seen_.revisions, LiveRevisions());
    plan_.status = CountStatus(seen_, plan_.revisions.current, plan_.revisions.update);
    return std::move(plan_);
  }

 private:
  bool KeepReplicas() {
    for (int64_t ordinal = set_.start_ordinal; ordinal < set_.start_ordinal + set_.replicas; ++ordinal) {
      const auto found = replicas_.find(ordinal);
      const bool settled = found == replicas_.end() ? Create(ordinal) : Keep(ordinal, *found->second);
      if (ordered_ && !settled) return false;
    }
    return true;
  }

  /// Always false: a pod that is only just created is not ready.
  bool Create(int64_t ordinal) {
    const std::string name = PodName(set_.meta.name, ordinal);
    if (seen_.taken.contains(name)) {
      plan_.obstacle = fmt::format("a pod {} exists that the set does not control; delete or rename it", name);
      return false;
    }
    for (const api::Json& claim : BuildClaims(set_, ordinal)) {
      const std::string claim_name = NameOf(claim);
      const auto found = seen_.claims.find(claim_name);
      if (found != seen_.claims.end() && LeavingClaim(found->second, name)) {
        plan_.obstacle = fmt::format("claim {} is being deleted; pod {} is created when it is gone", claim_name, name);
        return false;
      }
    }
    const bool updated = set_.update_strategy != "RollingUpdate" || BeyondPartition(set_, ordinal);
    const Revisions& revisions = plan_.revisions;
    CreatePod action{ordinal, MissingClaims(ordinal), std::nullopt};
    action.pod = updated ? BuildPod(set_, revisions.update_template, revisions.update, ordinal)
                         : BuildPod(set_, revisions.current_template, revisions.current, ordinal);
    plan_.pods.push_back(std::move(action));
    return false;
  }

  bool Keep(int64_t ordinal, const Pod& pod) {
    if (pod.Terminal()) {
      if (!pod.deleting()) Recreate(pod);
      return false;
    }
    if (pod.deleting()) return false;
    // Waiting for it could mean waiting for ever: its template may be the broken one that the set's replaced.
    if (Outdated(ordinal, pod) && !RunningAndReady(pod)) {
      plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid, Severity::kNormal, "", ""});
      return false;
    }
    if (auto claims = MissingClaims(ordinal); !claims.empty()) {
      plan_.pods.push_back(CreatePod{ordinal, std::move(claims), std::nullopt});
    }
    Repair(ordinal, pod);
    return Available(pod, set_.min_ready_seconds, seen_.now);
  }

  void Recreate(const Pod& pod) {
    const bool failed = pod.status.phase == "Failed";
    plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid, failed ? Severity::kWarning : Severity::kNormal,
                                   failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                                   fmt::format("StatefulSet {}/{} is recreating {} Pod {}", set_.meta.ns,
                                               set_.meta.name, failed ? "failed" : "terminated", pod.meta.name)});
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
    const Pod* first_unhealthy = FirstUnhealthy();
    for (auto at = condemned_.rbegin(); at != condemned_.rend(); ++at) {
      const Pod& pod = *at->second;
      if (pod.deleting()) {
        if (ordered_) return false;
        continue;
      }
      const bool settled = pod.Terminal() || &pod == first_unhealthy;
      if (ordered_ && !settled && !Available(pod, set_.min_ready_seconds, seen_.now)) return false;
      plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid, Severity::kNormal, "", ""});
      if (ordered_) return false;
    }
    return true;
  }

  /// An excess pod that has ended is not among them: nothing will make it healthy, and waiting for it would be for
  /// ever.
  const Pod* FirstUnhealthy() const {
    for (const auto& [ordinal, pod] : replicas_) {
      if (Unhealthy(*pod)) return pod;
    }
    for (const auto& [ordinal, pod] : condemned_) {
      if (Unhealthy(*pod) && !pod->Terminal()) return pod;
    }
    return nullptr;
  }

  /// A rolling update takes at most maxUnavailable pods out of service at a time, from the highest ordinal down.
  /// Pods of an old revision that are out of service anyway were dealt with as the ordinals were kept.
  void UpdateOutdated() {
    const int64_t allowed = MaxUnavailable(set_);
    const int64_t lowest = set_.start_ordinal + std::max<int64_t>(set_.partition, 0);
    int64_t unavailable = 0;
    for (int64_t ordinal = set_.start_ordinal + set_.replicas - 1; ordinal >= lowest && unavailable < allowed;
         --ordinal) {
      const auto found = replicas_.find(ordinal);
      if (found == replicas_.end()) {
        ++unavailable;
        continue;
      }
      const Pod& pod = *found->second;
      if (Outdated(ordinal, pod) && RunningAndReady(pod)) {
        plan_.pods.push_back(DeletePod{pod.meta.name, pod.meta.uid, Severity::kNormal, "", ""});
        ++unavailable;
      } else if (pod.deleting() || !Available(pod, set_.min_ready_seconds, seen_.now)) {
        ++unavailable;
      }
    }
  }

  bool Outdated(int64_t ordinal, const Pod& pod) const {
    return set_.update_strategy == "RollingUpdate" && BeyondPartition(set_, ordinal) && !pod.deleting() &&
           !pod.Terminal() && RevisionOf(pod) != plan_.revisions.update;
  }

  std::vector<api::Json> MissingClaims(int64_t ordinal) const {
    std::vector<api::Json> missing = BuildClaims(set_, ordinal);
    std::erase_if(missing, [this](const api::Json& claim) { return seen_.claims.contains(NameOf(claim)); });
    for (api::Json& claim : missing) OwnNewClaim(set_, claim);
    return missing;
  }

  void LookAgain() {
    for (const Pod& pod : seen_.pods) {
      const auto in = AvailableIn(pod, set_.min_ready_seconds, seen_.now);
      if (in && *in > Duration::zero()) plan_.look_again = std::min(plan_.look_again.value_or(*in), *in);
    }
  }

  std::vector<std::string> LiveRevisions() const {
    std::vector<std::string> live{plan_.revisions.current, plan_.revisions.update};
    for (const Pod& pod : seen_.pods) live.push_back(RevisionOf(pod));
    return live;
  }

  const Observed& seen_;
  const api::StatefulSet& set_;
  std::map<int64_t, const Pod*> replicas_, condemned_;
  bool ordered_ = true;
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Observed& seen) { return Pass(seen).Run(); }

}  // namespace ordinal::controllers::statefulset
