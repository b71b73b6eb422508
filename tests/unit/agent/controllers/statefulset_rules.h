// What must hold of every plan for a StatefulSet, whatever led to it. Judged on what the plan was made from.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/plan.h"
#include "agent/controllers/statefulset/rollout.h"

namespace ordinal::controllers::statefulset {

/// Of the largest set that the orderings and the schedules try.
inline constexpr int kOrdinals = 4;

/// Collects the rules that a plan breaks.
class Rules {
 public:
  explicit Rules(const Observed& seen) : seen_(seen), set_(seen.set) {
    for (const api::Pod& pod : seen.pods) pods_[*OrdinalOf(set_, pod.meta.name)] = &pod;
    ordered_ = set_.pod_management_policy == "OrderedReady";
  }

  std::vector<std::string> BrokenBy(const Plan& plan) {
    int64_t taken_down = 0, creations = 0, removals = 0;
    for (const PodAction& action : plan.pods) {
      if (const auto* create = std::get_if<CreatePod>(&action)) {
        if (create->pod) ++creations, CheckCreation(create->ordinal);
      } else if (const auto* remove = std::get_if<DeletePod>(&action)) {
        const int64_t ordinal = *OrdinalOf(set_, remove->name);
        ++removals;
        taken_down += CheckDeletion(ordinal, *remove, plan.revisions);
      }
    }
    CheckUnavailable(taken_down);
    if (ordered_ && creations + removals > std::max<int64_t>(1, taken_down)) Say("more than one pod at once", -1);
    CheckOwners(plan);
    CheckCondition(plan);
    return std::move(broken_);
  }

 private:
  void Say(const std::string& rule, int64_t ordinal) { broken_.push_back(fmt::format("{} ({})", rule, ordinal)); }

  const api::Pod* PodAt(int64_t ordinal) const {
    const auto found = pods_.find(ordinal);
    return found == pods_.end() ? nullptr : found->second;
  }
  bool InService(int64_t ordinal) const {
    const api::Pod* pod = PodAt(ordinal);
    return pod != nullptr && !pod->deleting() && Available(*pod, set_.min_ready_seconds, seen_.now, seen_.ready_since);
  }
  bool LowerInService(int64_t ordinal) const {
    for (int64_t lower = set_.start_ordinal; lower < ordinal && Wanted(set_, lower); ++lower) {
      if (!InService(lower)) return false;
    }
    return true;
  }

  void CheckCreation(int64_t ordinal) {
    if (PodAt(ordinal) != nullptr) Say("a second pod of an ordinal", ordinal);
    if (!Wanted(set_, ordinal)) Say("a pod nobody wants", ordinal);
    if (ordered_ && !LowerInService(ordinal)) Say("a later ordinal before an earlier one is ready", ordinal);
  }

  /// 1 when a pod in service is taken down.
  int64_t CheckDeletion(int64_t ordinal, const DeletePod& remove, const Revisions& revisions) {
    const api::Pod* pod = PodAt(ordinal);
    if (pod == nullptr || pod->meta.uid != remove.uid) return Say("a deletion of no pod", ordinal), 0;
    if (pod->deleting()) Say("a second deletion", ordinal);
    if (ordered_ && !LowerInService(ordinal)) Say("a deletion above an ordinal that is not ready", ordinal);
    if (!Wanted(set_, ordinal)) {
      const auto highest = pods_.rbegin()->first;
      if (ordered_ && ordinal != highest && !Wanted(set_, highest)) Say("an excess pod out of order", ordinal);
      return 0;
    }
    if (pod->Terminal()) return 0;
    if (!Outdated(set_, revisions, ordinal, *pod)) Say("a deletion of a pod as it should be", ordinal);
    if (!RunningAndReady(*pod)) return 0;
    if (!BeyondPartition(set_, ordinal)) Say("an update below the partition", ordinal);
    if (!seen_.images || seen_.images->phase != ImageState::Phase::kReady) Say("an update without images", ordinal);
    return 1;
  }

  void CheckUnavailable(int64_t taken_down) {
    if (taken_down == 0) return;
    for (int64_t i = 0; i < set_.replicas; ++i) taken_down += !InService(set_.start_ordinal + i);
    if (taken_down > MaxUnavailable(set_)) Say("more than maxUnavailable down because of the update", taken_down);
  }

  /// No claim gets an owner that takes it along, unless the policy says so.
  void CheckOwners(const Plan& plan) {
    const auto check = [&](const api::Json& owners, const std::string& claim) {
      const int64_t ordinal = ParsePodName(claim)->ordinal;
      for (const api::Json& owner : owners) {
        const bool excess = owner["kind"] == "Pod" && set_.when_scaled == "Delete" && !Wanted(set_, ordinal);
        const bool with_set = owner["kind"] == "StatefulSet" && set_.when_deleted == "Delete";
        if (!excess && !with_set) Say("a claim condemned by no policy", ordinal);
      }
    };
    for (const SetClaimOwners& action : plan.claim_owners) check(action.owners, action.name);
    for (const PodAction& action : plan.pods) {
      const auto* create = std::get_if<CreatePod>(&action);
      if (create == nullptr) continue;
      for (const api::Json& claim : create->claims) {
        const api::Json& owners = api::Member(api::Member(claim, "metadata"), "ownerReferences");
        if (owners.is_array()) check(owners, NameOf(claim));
      }
    }
  }

  /// Who waits says for what, and a set without anything to wait for says nothing.
  void CheckCondition(const Plan& plan) {
    bool whole = true;
    for (int64_t i = 0; i < set_.replicas; ++i) whole = whole && InService(set_.start_ordinal + i);
    for (const auto& [ordinal, pod] : pods_) whole = whole && Wanted(set_, ordinal);
    const bool says = plan.status.contains("conditions");
    const bool acts = plan.needs_images || (seen_.images && seen_.images->phase != ImageState::Phase::kReady);
    if (!whole && !says) Say("a set that waits and does not say so", -1);
    if (whole && says && plan.pods.empty() && !acts) Say("a complete set with a condition", -1);
    if (plan.in_the_way && (plan.in_the_way->message.empty() || plan.in_the_way->reason.empty())) {
      Say("an obstacle without a name", -1);
    }
  }

  const Observed& seen_;
  const api::StatefulSet& set_;
  std::map<int64_t, const api::Pod*> pods_;
  bool ordered_ = true;
  std::vector<std::string> broken_;
};

}  // namespace ordinal::controllers::statefulset
