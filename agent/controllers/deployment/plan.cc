#include "agent/controllers/deployment/plan.h"

#include <algorithm>

#include "agent/controllers/deployment/revision.h"
#include "agent/controllers/deployment/status.h"
#include "agent/controllers/pod_readiness.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::ReplicaSet;

// After so long the status of a ReplicaSet has followed its pods.
constexpr Duration kBehind = std::chrono::seconds(1);

class Pass {
 public:
  explicit Pass(const Observed& seen)
      : seen_(seen), deployment_(seen.deployment), family_(SortFamily(seen.deployment, seen.sets)) {}

  Plan Run() {
    if (deployment_.meta.deleting()) return Finish(false);
    if (deployment_.paused || WasRescaled(deployment_, family_)) {
      KeepCurrent();
      Apply(Rescale(deployment_, family_), /*annotate_all=*/true);
      Plan plan = Finish(false);
      if (deployment_.paused) CleanUp(plan);
      return plan;
    }
    if (deployment_.recreate) {
      Recreate();
    } else {
      Roll();
    }
    Plan plan = Finish(true);
    if (plan.resize.empty() && !plan.create && Complete(deployment_, plan.status)) CleanUp(plan);
    return plan;
  }

 private:
  void Roll() {
    if (!KeepCurrent()) return Create();
    const int64_t size = NewSize(deployment_, family_, family_.current->replicas);
    if (size != family_.current->replicas) return Apply({{family_.current->meta.name, size}}, false);
    Apply(Shrink(), false);
  }

  /// Old sets smaller, by what can be relied upon. The status of a set may be of the moment in which a pod that crashes
  /// was up; its pods say more.
  Sizes Shrink() {
    api::Refs<ReplicaSet> sets = seen_.sets;
    for (api::Ref<ReplicaSet>& set : sets) {
      const auto found = seen_.rolling.find(set->meta.uid);
      if (found == seen_.rolling.end()) continue;
      const int64_t reliable = CountReliable(found->second);
      if (reliable >= set->available_replicas) continue;
      ReplicaSet less = *set;
      less.available_replicas = reliable;
      set = std::move(less);
      // A pod that is up again before its set has noticed that it was down brings no news of either.
      SettlesIn(kBehind);
    }
    return ShrinkOld(deployment_, SortFamily(deployment_, sets));
  }

  void SettlesIn(Duration in) { settles_in_ = std::min(settles_in_.value_or(in), in); }

  int64_t CountReliable(const api::Refs<api::Pod>& pods) {
    std::vector<const api::Pod*> pointers;
    for (const api::Pod& pod : pods) pointers.push_back(&pod);
    const auto unsettled = Unsettled(pointers, seen_.settling, seen_.ready_since, seen_.now);
    for (const auto& [uid, in] : unsettled) SettlesIn(in);
    return std::count_if(pods.begin(), pods.end(),
                         [&](const api::Pod& pod) { return !Unhealthy(pod) && !unsettled.contains(pod.meta.uid); });
  }

  void Recreate() {
    KeepCurrent();
    Sizes none;
    for (const ReplicaSet* set : family_.old) {
      if (set->replicas > 0) none[set->meta.name] = 0;
    }
    if (!none.empty()) return Apply(none, false);
    for (const ReplicaSet* set : family_.old) {
      const auto pods = seen_.pods.find(set->meta.uid);
      if (pods != seen_.pods.end() && pods->second > 0) return;  // their end brings the next pass
    }
    if (family_.current == nullptr) return Create();
    Apply({{family_.current->meta.name, deployment_.replicas}}, false);
  }

  /// Brings what the current set says of its deployment up to date. False when there is none.
  bool KeepCurrent() {
    if (family_.current == nullptr) return false;
    const ReplicaSet& set = *family_.current;
    const int64_t revision = NewRevision(family_);
    Resize keep{set.meta.name, set.meta.uid, set.replicas, set.replicas, {}, std::nullopt};
    keep.annotations = CurrentAnnotations(deployment_, revision, set.meta.annotations);
    if (set.min_ready_seconds != deployment_.min_ready_seconds) keep.min_ready_seconds = deployment_.min_ready_seconds;
    if (keep.annotations != set.meta.annotations || keep.min_ready_seconds) plan_.resize.push_back(std::move(keep));
    plan_.revision = std::to_string(std::max(revision, RevisionOf(set)));
    return true;
  }

  void Create() {
    const int64_t revision = NewRevision(family_);
    const int64_t size = NewSize(deployment_, family_, 0);
    plan_.create = BuildReplicaSet(deployment_, revision, size);
    plan_.revision = std::to_string(revision);
  }

  void Apply(const Sizes& sizes, bool annotate_all) {
    const std::string desired = std::to_string(deployment_.replicas);
    const std::string most = std::to_string(deployment_.replicas + FencesOf(deployment_).surge);
    for (const ReplicaSet* set : family_.All()) {
      const auto found = sizes.find(set->meta.name);
      const int64_t size = found == sizes.end() ? set->replicas : found->second;
      const bool annotated =
          ReadAnnotation(*set, kDesiredAnnotation) == desired && ReadAnnotation(*set, kMaxAnnotation) == most;
      const bool wrong = annotate_all && (found != sizes.end() || set->replicas > 0) && !annotated;
      if (size == set->replicas && !wrong) continue;
      Resize& resize = ResizeOf(*set);
      resize.to = size;
      resize.annotations[kDesiredAnnotation] = desired;
      resize.annotations[kMaxAnnotation] = most;
    }
  }

  Resize& ResizeOf(const ReplicaSet& set) {
    for (Resize& resize : plan_.resize) {
      if (resize.name == set.meta.name) return resize;
    }
    plan_.resize.push_back({set.meta.name, set.meta.uid, set.replicas, set.replicas, {}, std::nullopt});
    return plan_.resize.back();
  }

  static std::string ReadAnnotation(const ReplicaSet& set, const char* name) {
    const auto found = set.meta.annotations.find(name);
    return found == set.meta.annotations.end() ? std::string() : found->second;
  }

  void CleanUp(Plan& plan) const {
    for (const ReplicaSet* set : SurplusSets(deployment_, family_)) plan.surplus.push_back(set->meta.name);
  }

  Plan Finish(bool rolling) {
    NewSet made = family_.current == nullptr ? NewSet::kMissing : NewSet::kThere;
    std::string name;
    if (plan_.create) {
      made = NewSet::kCreated;
      name = api::ReadString((*plan_.create)["metadata"], "name");
    }
    api::Json conditions = ConditionsBefore(deployment_, family_, made, name, seen_.now);
    plan_.status = CountStatus(deployment_, family_, std::move(conditions), rolling, seen_.now);
    if (rolling) plan_.look_again = DeadlineIn(deployment_, plan_.status, seen_.now);
    if (settles_in_) plan_.look_again = std::min(plan_.look_again.value_or(*settles_in_), *settles_in_);
    return std::move(plan_);
  }

  const Observed& seen_;
  const Deployment& deployment_;
  Family family_;
  std::optional<Duration> settles_in_;  // a pod has settled then
  Plan plan_;
};

}  // namespace

Plan MakePlan(const Observed& seen) { return Pass(seen).Run(); }

}  // namespace ordinal::controllers::deployment
