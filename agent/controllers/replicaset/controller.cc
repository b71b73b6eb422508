#include "agent/controllers/replicaset/controller.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/together.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/own.h"
#include "agent/controllers/pod_capacity.h"
#include "agent/controllers/pod_from_template.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::controllers::replicaset {

using api::ObjectKey;
using objects::Change;

template <class Set>
ControllerOf<Set>::ControllerOf(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      sets_(caches.Of<Set>()),
      pods_(caches.Of<api::Pod>()),
      nodes_(caches.Of<api::Node>()),
      pods_by_controller_(objects::ByController(pods_)),
      ready_times_(pods_, context_.clock, Set::kKind),
      queue_(context_.executor, context_.clock, Set::kKind) {
  sets_.OnChange([this](const Change<Set>& change) { queue_.Add(QueueKey(change.last()->object)); });
  pods_.OnChange([this](const Change<api::Pod>& change) { OnPod(change); });
  OnPodCapacity(nodes_, context_.node_name,
                [this] { sets_.ForEach("", [this](const Set& set) { queue_.Add(QueueKey(set.object)); }); });
  queue_.OnException(SayFailedPass(context_.recorder, sets_));
}

/// What was refused one of these ports need not wait any longer.
template <class Set>
void ControllerOf<Set>::OnFreed(const HostPorts& freed) {
  if (freed.empty()) return;
  for (auto& [key, known] : failures_) {
    if (!AnyCollides(known.ports, freed)) continue;
    EndRow(known);
    queue_.Add(key);
  }
}

template <class Set>
void ControllerOf<Set>::OnPod(const Change<api::Pod>& change) {
  const auto look_at_owner = [this](const api::Meta& pod) {
    const auto* owner = pod.Controller();
    if (owner != nullptr && owner->kind == Set::kKind) queue_.Add(QueueKey(pod.ns, owner->name));
  };
  OnFreed(FreedPorts(change));
  const api::Meta& meta = change.last()->meta;
  look_at_owner(meta);
  if (change.old) look_at_owner(change.old->meta);
  if (meta.Controller() != nullptr || meta.deleting() || change.deleted()) return;
  objects::ForEachSelecting(objects::BySelector(sets_), meta.ns, meta.labels,
                            [this](const Set& set) { queue_.Add(QueueKey(set.object)); });
}

template <class Set>
Task<void> ControllerOf<Set>::Run() {
  co_await sets_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await nodes_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

template <class Set>
Task<Status> ControllerOf<Set>::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<Set> set = sets_.Find(ns, name);
  if (!set) {
    failures_.erase(key);
    co_return Status();
  }
  CO_TRY(Observed seen, co_await Observe(*set));
  SeeFailures(key, seen);
  Plan plan = MakePlan(seen);
  SayBackOff(key, seen, plan);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(seen, std::move(plan));
}

template <class Set>
Task<Result<Observed>> ControllerOf<Set>::Observe(const api::ReplicaSet& set) {
  Observed seen;
  CO_TRY(const api::Refs<api::Pod> own,
         co_await OwnOf(context_, pods_by_controller_, set.object, set.meta, set.selector));
  for (const api::Ref<api::Pod>& pod : own) {
    if (Active(*pod)) seen.pods.push_back(pod);
    if (pod->deleting() && !pod->Terminal()) ++seen.terminating;
    if (pod->status.phase == "Failed" && !pod->deleting()) seen.failed.push_back(pod);
  }
  seen.set = set;
  seen.now = context_.clock.Now();
  if (set.min_ready_seconds > 0) seen.ready_since = ready_times_.Of(seen.pods);
  seen.pod_capacity = PodCapacityOf(nodes_.Find("", context_.node_name).get());
  co_return seen;
}

template <class Set>
void ControllerOf<Set>::SeeFailures(const std::string& key, Observed& seen) {
  if (seen.failed.empty() && !failures_.contains(key)) return;
  Failures& known = failures_[key];
  CountFailures(seen, known);
  seen.row = known.row;
  if (seen.failed.empty() && seen.now - known.row.ended > kLongLife) failures_.erase(key);
}

/// Once a row.
template <class Set>
void ControllerOf<Set>::SayBackOff(const std::string& key, const Observed& seen, const Plan& plan) {
  if (!plan.backing_off || std::exchange(failures_[key].said, true)) return;
  context_.recorder.Record({seen.set.object, events::Severity::kWarning, "BackOff", BackOffMessage(seen)});
}

template <class Set>
Task<Status> ControllerOf<Set>::Execute(const Observed& seen, Plan plan) {
  Status done = co_await CreatePods(seen.set, plan.create);
  std::vector<Task<Status>> removals;
  for (DeletePod& pod : plan.remove) removals.push_back(RemovePod(seen.set, std::move(pod)));
  if (!removals.empty()) {
    const Status removed = co_await Together(context_.executor, "replicaset pods", std::move(removals));
    if (done.ok()) done = removed;
  }
  std::optional<std::string> failure;
  if (!done.ok() && !objects::InEndingNamespace(done.error())) failure = done.error().message;
  const Status written = co_await WriteStatus(context_, seen.set.object, CountStatus(seen, failure));
  co_return done.ok() ? written : done;
}

/// A batch in which one creation fails is the last.
template <class Set>
Task<Status> ControllerOf<Set>::CreatePods(const api::ReplicaSet& set, int64_t count) {
  for (const int64_t size : Batches(count)) {
    std::vector<Task<Status>> batch;
    for (int64_t i = 0; i < size; ++i) batch.push_back(CreatePod(set));
    CO_TRYV(co_await Together(context_.executor, "replicaset pods", std::move(batch)));
  }
  co_return Status();
}

template <class Set>
Task<Status> ControllerOf<Set>::CreatePod(const api::ReplicaSet& set) {
  const auto created = co_await context_.client.Create(PodFromTemplate(set.pod_template(), set.object));
  if (!created.ok()) {
    SayFailedCreate(context_.recorder, set.object, "Error creating: ", created.error());
    co_return created.error();
  }
  context_.recorder.Record({set.object, events::Severity::kNormal, "SuccessfulCreate",
                            fmt::format("Created pod: {}", created->object.name())});
  co_return Status();
}

template <class Set>
Task<Status> ControllerOf<Set>::RemovePod(const api::ReplicaSet& set, DeletePod pod) {
  ObjectKey key{"Pod", set.meta.ns, pod.name};
  objects::DeleteOptions options;
  options.preconditions.uid = pod.uid;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    if (pod.failed) co_return Status();
    context_.recorder.Record(
        {set.object, events::Severity::kNormal, "SuccessfulDelete", fmt::format("Deleted pod: {}", pod.name)});
    co_return Status();
  }
  Status settled = Settled(deleted.error());
  if (!settled.ok()) {
    context_.recorder.Record({set.object, events::Severity::kWarning, "FailedDelete",
                              fmt::format("Error deleting: {}", settled.error().message)});
  }
  co_return settled;
}

template class ControllerOf<api::ReplicaSet>;
template class ControllerOf<api::ReplicationController>;

}  // namespace ordinal::controllers::replicaset
