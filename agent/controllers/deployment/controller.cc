#include "agent/controllers/deployment/controller.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/deployment/revision.h"
#include "agent/controllers/deployment/status.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/own.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::Json;
using api::Meta;
using api::ObjectKey;
using api::Pod;
using api::ReplicaSet;
using objects::Change;

bool Ours(const Deployment& deployment, const Meta& set) {
  const auto* owner = set.Controller();
  return owner != nullptr && owner->uid == deployment.meta.uid;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, Settling settling)
    : context_(std::move(context)),
      deployments_(caches.Of<Deployment>()),
      sets_(caches.Of<ReplicaSet>()),
      pods_(caches.Of<Pod>()),
      sets_by_controller_(objects::ByController(sets_)),
      pods_by_controller_(objects::ByController(pods_)),
      settling_(settling),
      ready_times_(pods_, context_.clock, "ReplicaSet"),
      queue_(context_.executor, context_.clock, "deployment") {
  deployments_.OnChange([this](const Change<Deployment>& change) { queue_.Add(QueueKey(change.last()->object)); });
  sets_.OnChange([this](const Change<ReplicaSet>& change) { OnSet(change); });
  pods_.OnChange([this](const Change<Pod>& change) { OnPod(change); });
  queue_.OnException(SayFailedPass(context_.recorder, deployments_));
}

void Controller::OnSet(const Change<ReplicaSet>& change) {
  const Meta& meta = change.last()->meta;
  if (const auto* owner = meta.Controller()) {
    if (owner->kind == "Deployment") queue_.Add(QueueKey(meta.ns, owner->name));
    return;
  }
  if (change.deleted()) return;
  objects::ForEachSelecting(objects::BySelector(deployments_), meta.ns, meta.labels,
                            [this](const Deployment& deployment) { queue_.Add(QueueKey(deployment.object)); });
}

/// Recreate waits for the last pod of the old sets.
void Controller::OnPod(const Change<Pod>& change) {
  const Pod& pod = *change.last();
  if (!change.deleted() && !pod.Terminal()) return;
  const auto* owner = pod.meta.Controller();
  if (owner == nullptr || owner->kind != "ReplicaSet") return;
  const api::Ref<ReplicaSet> set = sets_.Find(pod.meta.ns, owner->name);
  if (!set) return;
  if (const auto* deployment = set->meta.Controller()) queue_.Add(QueueKey(pod.meta.ns, deployment->name));
}

Task<void> Controller::Run() {
  co_await deployments_.WaitSynced();
  co_await sets_.WaitSynced();
  co_await pods_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<Deployment> deployment = deployments_.Find(ns, name);
  if (!deployment) co_return Status();
  CO_TRY(const Observed seen, co_await Observe(*deployment));
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(seen, std::move(plan));
}

Task<Result<Observed>> Controller::Observe(const Deployment& deployment) {
  Observed seen;
  CO_TRY(api::Refs<ReplicaSet> sets,
         co_await OwnOf(context_, sets_by_controller_, deployment.object, deployment.meta, deployment.selector));
  seen.sets = std::move(sets);
  seen.deployment = deployment;
  seen.now = context_.clock.Now();
  seen.settling = settling_;
  if (deployment.recreate) {
    CountPods(seen);
  } else {
    SeeRolling(seen);
  }
  co_return seen;
}

void Controller::CountPods(Observed& seen) const {
  for (const ReplicaSet& set : seen.sets) {
    pods_by_controller_.ForEach(set.meta.uid,
                                [&](const Pod& pod) { seen.pods[set.meta.uid] += pod.Terminal() ? 0 : 1; });
  }
}

void Controller::SeeRolling(Observed& seen) const {
  const Family family = SortFamily(seen.deployment, seen.sets);
  if (family.current == nullptr || SumOfSizes(family.old) == 0) return;
  for (const ReplicaSet& set : seen.sets) {
    if (set.replicas == 0) continue;
    api::Refs<Pod>& pods = seen.rolling[set.meta.uid];
    pods_by_controller_.ForEach(set.meta.uid, [&](const api::Ref<Pod>& pod) {
      if (pod->Terminal()) return;
      if (const auto since = ready_times_.Of(pod->meta.uid)) seen.ready_since[pod->meta.uid] = *since;
      pods.push_back(pod);
    });
  }
}

Task<Status> Controller::Execute(const Observed& seen, Plan plan) {
  const Deployment& deployment = seen.deployment;
  Status done;
  if (plan.create) done = co_await CreateSet(deployment, std::move(*plan.create), plan.status);
  for (Resize& resize : plan.resize) {
    if (done.ok()) done = co_await ResizeSet(deployment, std::move(resize));
  }
  for (std::string& name : plan.surplus) {
    if (done.ok()) done = co_await RemoveSet(deployment, std::move(name));
  }
  if (done.ok()) done = co_await WriteRevision(deployment, std::move(plan.revision));
  const Status written = co_await WriteStatus(context_, deployment.object, std::move(plan.status));
  co_return done.ok() ? written : done;
}

Task<Status> Controller::CreateSet(const Deployment& deployment, Json body, Json& status) {
  const int64_t size = api::ReadInt(body["spec"], "replicas");
  ObjectKey key{"ReplicaSet", deployment.meta.ns, api::ReadString(body["metadata"], "name")};
  const auto created = co_await context_.client.Create(std::move(body));
  if (created.ok()) {
    if (size > 0) {
      context_.recorder.Record({deployment.object, events::Severity::kNormal, "ScalingReplicaSet",
                                fmt::format("Scaled up replica set {} from 0 to {}", key.name, size)});
    }
    co_return Status();
  }
  if (created.error().code == ErrorCode::kAlreadyExists) {
    const auto existing = co_await context_.client.Get(key);
    if (!existing.ok()) co_return existing.error();
    const auto set = ReplicaSet::From(*existing);
    // Ours with our template would have been found: it is another's, or two templates have one hash.
    if (!Ours(deployment, set.meta) || !SameTemplate(deployment, set)) {
      status["collisionCount"] = deployment.collision_count + 1;
    }
    co_return MakeError(ErrorCode::kConflict, api::ToString(key) + " exists and holds another template");
  }
  if (objects::InEndingNamespace(created.error())) co_return created.error();
  const std::string message =
      fmt::format("Failed to create new replica set \"{}\": {}", key.name, created.error().message);
  status = WithCreateFailure(deployment, std::move(status), message, context_.clock.Now());
  context_.recorder.Record({deployment.object, events::Severity::kWarning, "ReplicaSetCreateError", message});
  co_return created.error();
}

Task<Status> Controller::ResizeSet(const Deployment& deployment, Resize resize) {
  ObjectKey key{"ReplicaSet", deployment.meta.ns, resize.name};
  bool resized = false;
  std::function<void(Json&)> change = [&resize, &resized](Json& body) {
    // Sized by somebody else meanwhile: the next pass decides anew.
    resized = resize.from != resize.to && api::ReadInt(body["spec"], "replicas") == resize.from;
    if (resized) body["spec"]["replicas"] = resize.to;
    for (const auto& [name, value] : resize.annotations) body["metadata"]["annotations"][name] = value;
    if (resize.min_ready_seconds) body["spec"]["minReadySeconds"] = *resize.min_ready_seconds;
  };
  CO_TRYV(co_await Edit(context_, std::move(key), resize.uid, std::move(change)));
  if (resized) {
    context_.recorder.Record(
        {deployment.object, events::Severity::kNormal, "ScalingReplicaSet",
         fmt::format("Scaled {} replica set {} from {} to {}", resize.to > resize.from ? "up" : "down", resize.name,
                     resize.from, resize.to)});
  }
  co_return Status();
}

Task<Status> Controller::RemoveSet(const Deployment& deployment, std::string name) {
  ObjectKey key{"ReplicaSet", deployment.meta.ns, name};
  objects::DeleteOptions options;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  co_return Settled(StatusOf(deleted));
}

Task<Status> Controller::WriteRevision(const Deployment& deployment, std::string revision) {
  const auto found = deployment.meta.annotations.find(kRevisionAnnotation);
  const bool written = found != deployment.meta.annotations.end() && found->second == revision;
  if (revision.empty() || written) co_return Status();
  ObjectKey key = deployment.object.key();
  std::function<void(Json&)> change = [revision](Json& body) {
    body["metadata"]["annotations"][kRevisionAnnotation] = revision;
  };
  co_return co_await Edit(context_, std::move(key), deployment.meta.uid, std::move(change));
}

}  // namespace ordinal::controllers::deployment
