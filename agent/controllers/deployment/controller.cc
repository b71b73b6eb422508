#include "agent/controllers/deployment/controller.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/deployment/revision.h"
#include "agent/controllers/deployment/status.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::Json;
using api::Meta;
using api::Object;
using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

bool Ours(const Deployment& deployment, const Meta& set) {
  const auto* owner = set.Controller();
  return owner != nullptr && owner->uid == deployment.meta.uid;
}

}  // namespace

Controller::Controller(Context context, Caches caches, Settling settling)
    : context_(std::move(context)),
      caches_(caches),
      settling_(settling),
      ready_times_(caches.pods, context_.clock, "ReplicaSet"),
      sets_(caches.sets),
      pods_(caches.pods),
      queue_(context_.executor, context_.clock, "deployment") {
  caches_.deployments.OnChange([this](const WatchEvent& event) { queue_.Add(QueueKey(event.object)); });
  caches_.sets.OnChange([this](const WatchEvent& event) { OnSet(event); });
  caches_.pods.OnChange([this](const WatchEvent& event) { OnPod(event); });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.deployments));
}

void Controller::OnSet(const WatchEvent& event) {
  const Meta meta = api::ReadMeta(event.object.body());
  if (const auto* owner = meta.Controller()) {
    if (owner->kind == "Deployment") queue_.Add(QueueKey(meta.ns, owner->name));
    return;
  }
  if (event.type == EventType::kDeleted) return;
  caches_.deployments.ForEach(meta.ns, [&](const Object& object) {
    if (Deployment::From(object).selector.Matches(meta.labels)) queue_.Add(QueueKey(object));
  });
}

/// Recreate waits for the last pod of the old sets.
void Controller::OnPod(const WatchEvent& event) {
  if (event.type != EventType::kDeleted && !api::Ended(event.object.body())) return;
  const Meta meta = api::ReadMeta(event.object.body());
  const auto* owner = meta.Controller();
  if (owner == nullptr || owner->kind != "ReplicaSet") return;
  const Object* set = caches_.sets.Find(meta.ns, owner->name);
  if (set == nullptr) return;
  const Meta set_meta = api::ReadMeta(set->body());
  if (const auto* deployment = set_meta.Controller()) queue_.Add(QueueKey(meta.ns, deployment->name));
}

Task<void> Controller::Run() {
  co_await caches_.deployments.WaitSynced();
  co_await caches_.sets.WaitSynced();
  co_await caches_.pods.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  ObjectKey deployment_key{"Deployment", ns, name};
  const auto found = co_await context_.door.store().Get(std::move(deployment_key));
  if (!found.ok()) {
    if (found.error().code == ErrorCode::kNotFound) co_return Status();
    co_return found.error();
  }
  auto deployment = Deployment::From(*found);
  CO_TRY(const Observed seen, co_await Observe(std::move(deployment)));
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(seen, std::move(plan));
}

Task<Result<Observed>> Controller::Observe(Deployment deployment) {
  Observed seen;
  CO_TRY(const std::vector<Object> objects, co_await ReadOwn(context_, sets_, deployment.object, deployment.selector));
  for (const Object& object : objects) seen.sets.push_back(api::ReplicaSet::From(object));
  seen.deployment = std::move(deployment);
  seen.now = context_.clock.Now();
  seen.settling = settling_;
  if (seen.deployment.recreate) {
    CO_TRYV(co_await CountPods(seen));
  } else {
    CO_TRYV(co_await ReadRolling(seen));
  }
  co_return seen;
}

Task<Status> Controller::CountPods(Observed& seen) {
  for (const api::ReplicaSet& set : seen.sets) {
    CO_TRY(const std::vector<Object> pods, co_await pods_.Read(context_.door.store(), set.meta.ns, set.meta.uid));
    for (const Object& object : pods) {
      const api::Pod pod = api::Pod::From(object);
      const auto* owner = pod.meta.Controller();
      seen.pods[set.meta.uid] += owner != nullptr && owner->uid == set.meta.uid && !pod.Terminal();
    }
  }
  co_return Status();
}

Task<Status> Controller::ReadRolling(Observed& seen) {
  const Family family = SortFamily(seen.deployment, seen.sets);
  if (family.current == nullptr || SumOfSizes(family.old) == 0) co_return Status();
  for (const api::ReplicaSet& set : seen.sets) {
    if (set.replicas == 0) continue;
    CO_TRY(const std::vector<Object> objects, co_await pods_.Read(context_.door.store(), set.meta.ns, set.meta.uid));
    std::vector<api::Pod>& pods = seen.rolling[set.meta.uid];
    for (const Object& object : objects) {
      api::Pod pod = api::Pod::From(object);
      const auto* owner = pod.meta.Controller();
      if (owner == nullptr || owner->uid != set.meta.uid || pod.Terminal()) continue;
      if (const auto since = ready_times_.Of(pod.meta.uid)) seen.ready_since[pod.meta.uid] = *since;
      pods.push_back(std::move(pod));
    }
  }
  co_return Status();
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
  const auto created = co_await context_.door.Create(std::move(body));
  if (created.ok()) {
    sets_.Note(created->object);
    if (size > 0) {
      context_.recorder.Event(deployment.object, Severity::kNormal, "ScalingReplicaSet",
                              fmt::format("Scaled up replica set {} from 0 to {}", key.name, size));
    }
    co_return Status();
  }
  if (created.error().code == ErrorCode::kAlreadyExists) {
    const auto existing = co_await context_.door.store().Get(key);
    if (!existing.ok()) co_return existing.error();
    const auto set = api::ReplicaSet::From(*existing);
    // Ours with our template would have been found: it is another's, or two templates have one hash.
    if (!Ours(deployment, set.meta) || !SameTemplate(deployment, set)) {
      status["collisionCount"] = deployment.collision_count + 1;
    }
    co_return MakeError(ErrorCode::kConflict, api::ToString(key) + " exists and holds another template");
  }
  const std::string message =
      fmt::format("Failed to create new replica set \"{}\": {}", key.name, created.error().message);
  status = WithCreateFailure(deployment, std::move(status), message, context_.clock.Now());
  context_.recorder.Event(deployment.object, Severity::kWarning, "ReplicaSetCreateError", message);
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
    context_.recorder.Event(deployment.object, Severity::kNormal, "ScalingReplicaSet",
                            fmt::format("Scaled {} replica set {} from {} to {}",
                                        resize.to > resize.from ? "up" : "down", resize.name, resize.from, resize.to));
  }
  co_return Status();
}

Task<Status> Controller::RemoveSet(const Deployment& deployment, std::string name) {
  ObjectKey key{"ReplicaSet", deployment.meta.ns, name};
  store::DeleteOptions options;
  const auto deleted = co_await context_.door.Delete(std::move(key), std::move(options));
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
