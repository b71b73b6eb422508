#include "agent/controllers/disruption/controller.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"

namespace ordinal::controllers::disruption {
namespace {

using api::Json;
using api::Pod;
using api::PodDisruptionBudget;
using objects::Change;

/// Nothing changed that a budget reads of a pod.
bool SameForBudgets(const Pod& a, const Pod& b) {
  const api::OwnerReference *one = a.meta.Controller(), *other = b.meta.Controller();
  const bool same_owner = one == nullptr || other == nullptr ? one == other : one->uid == other->uid;
  return a.meta.uid == b.meta.uid && a.meta.labels == b.meta.labels && a.deleting() == b.deleting() &&
         a.Ready() == b.Ready() && same_owner;
}

template <class T>
std::optional<Scale> ScaleIn(const objects::Cache<T>& sets, const std::string& ns, const api::OwnerReference& owner) {
  const api::Ref<T> set = sets.Find(ns, owner.name);
  if (!set || set->meta.uid != owner.uid) return std::nullopt;
  return Scale{owner.uid, set->replicas};
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      budgets_(caches.Of<PodDisruptionBudget>()),
      pods_(caches.Of<Pod>()),
      replica_sets_(caches.Of<api::ReplicaSet>()),
      replication_controllers_(caches.Of<api::ReplicationController>()),
      stateful_sets_(caches.Of<api::StatefulSet>()),
      deployments_(caches.Of<api::Deployment>()),
      pods_by_label_(objects::ByLabel(pods_)),
      queue_(context_.executor, context_.clock, "disruption") {
  objects::BySelector(budgets_);
  budgets_.OnChange([this](const Change<PodDisruptionBudget>& change) { queue_.Add(QueueKey(change.last()->object)); });
  pods_.OnChange([this](const Change<Pod>& change) { OnPod(change); });
  replica_sets_.OnChange([this](const Change<api::ReplicaSet>& change) { OnSet(change); });
  replication_controllers_.OnChange([this](const Change<api::ReplicationController>& change) { OnSet(change); });
  stateful_sets_.OnChange([this](const Change<api::StatefulSet>& change) { OnSet(change); });
  deployments_.OnChange([this](const Change<api::Deployment>& change) { OnSet(change); });
  queue_.OnException(SayFailedPass(context_.recorder, budgets_));
}

void Controller::OnPod(const Change<Pod>& change) {
  if (budgets_.size() == 0 || (change.old && change.now && SameForBudgets(*change.old, *change.now))) return;
  for (const api::Ref<Pod>& pod : {change.old, change.now}) {
    if (!pod) continue;
    objects::ForEachSelecting(objects::BySelector(budgets_), pod->meta.ns, pod->meta.labels,
                              [this](const api::Ref<PodDisruptionBudget>& budget) {
                                if (budget->selects) queue_.Add(QueueKey(budget->object));
                              });
  }
}

/// A percentage is one of what sets want.
template <class T>
void Controller::OnSet(const Change<T>& change) {
  if (change.old && change.now && change.old->replicas == change.now->replicas) return;
  budgets_.ForEach(change.last()->meta.ns,
                   [this](const PodDisruptionBudget& budget) { queue_.Add(QueueKey(budget.object)); });
}

Task<void> Controller::Run() {
  co_await budgets_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await replica_sets_.WaitSynced();
  co_await replication_controllers_.WaitSynced();
  co_await stateful_sets_.WaitSynced();
  co_await deployments_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<PodDisruptionBudget> budget = budgets_.Find(ns, name);
  if (!budget || budget->meta.deleting()) co_return Status();
  const Observed seen = Observe(*budget);
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  Json status = plan.status;
  CO_TRYV(co_await Write(seen, std::move(status)));
  Say(seen, plan);
  co_return Status();
}

Observed Controller::Observe(const PodDisruptionBudget& budget) const {
  Observed seen;
  seen.budget = budget;
  seen.now = context_.clock.Now();
  const std::string& ns = budget.meta.ns;
  const auto add = [&seen](const api::Ref<Pod>& pod) {
    if (seen.budget.Selects(pod->meta.labels)) seen.pods.push_back(pod);
  };
  const std::string anchor = objects::AnchorOf(ns, budget.selector);
  if (anchor == ns + "/") {
    pods_.ForEach(ns, add);
  } else {
    pods_by_label_.ForEach(anchor, add);
  }
  for (const Pod& pod : seen.pods) {
    const api::OwnerReference* owner = pod.meta.Controller();
    if (owner == nullptr || seen.scales.contains(owner->uid)) continue;
    if (auto scale = ScaleOf(ns, *owner)) seen.scales.emplace(owner->uid, std::move(*scale));
  }
  return seen;
}

std::optional<Scale> Controller::ScaleOf(const std::string& ns, const api::OwnerReference& owner) const {
  if (owner.kind == api::StatefulSet::kKind) return ScaleIn(stateful_sets_, ns, owner);
  if (owner.kind == api::ReplicationController::kKind) return ScaleIn(replication_controllers_, ns, owner);
  if (owner.kind == api::Deployment::kKind) return ScaleIn(deployments_, ns, owner);
  if (owner.kind != api::ReplicaSet::kKind) return std::nullopt;
  const api::Ref<api::ReplicaSet> set = replica_sets_.Find(ns, owner.name);
  const bool known = set && set->meta.uid == owner.uid;
  const api::OwnerReference* above = known ? set->meta.Controller() : nullptr;
  if (above == nullptr || above->kind != api::Deployment::kKind) return ScaleIn(replica_sets_, ns, owner);
  return ScaleIn(deployments_, ns, *above);
}

void Controller::Say(const Observed& seen, const Plan& plan) {
  for (const Saying& saying : plan.says) {
    const auto severity = saying.warning ? events::Severity::kWarning : events::Severity::kNormal;
    const api::Object& about = saying.about == nullptr ? seen.budget.object : saying.about->object;
    context_.recorder.Record({about, severity, saying.reason, saying.message});
  }
}

Task<Status> Controller::Write(const Observed& seen, Json status) {
  const api::Object& budget = seen.budget.object;
  if (api::Member(budget.body(), "status") == status) co_return Status();
  objects::Objects::Edit edit = [&](const api::Object& current) -> Result<Json> {
    if (current.revision() != budget.revision() || current.uid() != budget.uid()) {
      return MakeError(ErrorCode::kConflict, api::ToString(budget.key()) + " changed meanwhile");
    }
    Json next = current.body();
    next["status"] = status;
    return next;
  };
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kStatus;
  const auto written = co_await context_.client.Change(budget.key(), std::move(edit), std::move(options));
  if (written.ok() || written.error().code == ErrorCode::kNotFound) co_return Status();
  co_return written.error();
}

}  // namespace ordinal::controllers::disruption
